# Find a Python that is new enough and let it do the rest. PYTHON, when set, comes first.
for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
    if [ -n "$candidate" ] && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        exec "$candidate" -B "${0%/*}/set_up.py" "$@"
    fi
done
echo "IOMS Desktop needs Python 3.11 or newer; install it, or say where it is with: make $1 PYTHON=/path/to/python3" >&2
exit 1

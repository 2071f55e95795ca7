#!/bin/sh
# certificates.sh: issue certificates to people who sign in with one, and withdraw them.
#
#   certificates.sh authority            once: make the authority that issues them
#   certificates.sh issue NAME.csr       look at a request and sign it; its common name is the person's login
#   certificates.sh withdraw NAME.crt    let a certificate count no more
#   certificates.sh list                 write the list of those withdrawn anew: it counts for 30 days, and without one
#                                        that counts the server lets nobody in
#
#   IOMS_AUTHORITY         where the authority lies (default /etc/ioms-authority; not on the server)
#   IOMS_AUTHORITY_PHRASE  what its key lies under; asked for when it is not set
#
# The server is given people.crt and people.crl, and never people.key.
set -eu

home="${IOMS_AUTHORITY:-/etc/ioms-authority}"
settings="$home/openssl.cnf"
umask 077

fail() {
    echo "IOMS certificates: $1" >&2
    exit 1
}

sign() {
    openssl ca -config "$settings" ${IOMS_AUTHORITY_PHRASE:+-passin env:IOMS_AUTHORITY_PHRASE} "$@"
}

write_list() {
    sign -gencrl -out "$home/people.crl.new"
    mv "$home/people.crl.new" "$home/people.crl"
    echo "Copy $home/people.crl to the server and have it reload."
}

make_authority() {
    [ ! -e "$home/people.key" ] || fail "there is an authority at $home already. Nothing was changed."
    mkdir -p "$home/issued"
    : > "$home/index"
    cat > "$settings" << END
[ca]
default_ca = people
[people]
certificate = $home/people.crt
private_key = $home/people.key
database = $home/index
new_certs_dir = $home/issued
rand_serial = yes
unique_subject = no
default_md = sha256
default_days = 365
default_crl_days = 30
policy = name
x509_extensions = person
[name]
commonName = supplied
[person]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
[req]
distinguished_name = nothing
x509_extensions = authority
[nothing]
[authority]
basicConstraints = critical, CA:true, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
END
    openssl req -x509 -config "$settings" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 1825 \
        -subj '/CN=People of IOMS' ${IOMS_AUTHORITY_PHRASE:+-passout env:IOMS_AUTHORITY_PHRASE} \
        -keyout "$home/people.key" -out "$home/people.crt"
    write_list
}

case "${1:-} ${2:+file}" in
    "authority ") make_authority ;;
    "issue file") sign -notext -in "$2" -out "${2%.csr}.crt" ;;
    "withdraw file")
        sign -revoke "$2"
        write_list
        ;;
    "list ") write_list ;;
    *) fail "say authority, issue NAME.csr, withdraw NAME.crt or list." ;;
esac

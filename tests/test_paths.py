from ioms_desktop.paths import migrations, resource


def test_bundled_files_are_found_from_a_checkout() -> None:
    assert resource("themes", "tokens.toml").is_file()
    assert resource("fonts", "NotoSans-Regular.ttf").is_file()
    assert migrations().name == "migrations"

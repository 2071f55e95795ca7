import pytest

from ioms_desktop.domain.records.workers.names import is_same_user


@pytest.mark.parametrize("worker", ["adeyemi", "ADEYEMI", "PC 4411 ADEYEMI", "PC 4411 Adeyemi "])
def test_rank_number_and_case_do_not_matter(worker: str) -> None:
    assert is_same_user(worker, "adeyemi")


@pytest.mark.parametrize("worker", [None, "", "PC 4411 ADEYEMI-SMITH", "MACADEYEMI", "ADEYEMI PC 4411"])
def test_another_name_is_another_person(worker: str | None) -> None:
    assert not is_same_user(worker, "adeyemi")


def test_nobody_is_no_user() -> None:
    assert not is_same_user("PC 4411 ADEYEMI", "")

"""Operations on a whole database: migration, backup, integrity check, encryption."""

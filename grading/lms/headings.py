"""What the columns of Canvas's, Moodle's and Brightspace's tables are called, and which table is whose.

Canvas: https://github.com/instructure/canvas-lms, lib/gradebook_exporter.rb and lib/gradebook_importer.rb.
Moodle: https://docs.moodle.org/en/Grade_import, and mod/assign/feedback/offline of https://github.com/moodle/moodle; its headings
are in the language of whoever exports.
Brightspace: https://community.d2l.com/brightspace/kb/articles/3538-importing-grades.
"""

from __future__ import annotations

from enum import StrEnum

from grading.lms.table import Table


class System(StrEnum):
    """Whose table it is."""

    CANVAS = "Canvas"
    MOODLE = "Moodle"
    BRIGHTSPACE = "Brightspace"
    PLAIN = "plain"


# English first, then German, French and Spanish.
FIRST_NAME = ("First name", "FirstName", "first_name", "Given name", "Vorname", "Prénom", "Nombre")
LAST_NAME = (
    "Last name",
    "LastName",
    "last_name",
    "Surname",
    "Nachname",
    "Nom de famille",
    "Nom",
    "Apellido(s)",
    "Apellidos",
)
WHOLE_NAME = ("Full name", "Student", "Student Name", "Name", "Vollständiger Name", "Nom complet", "Nombre completo")
EMAIL = (
    "Email address",
    "Email",
    "E-mail",
    "E-Mail-Adresse",
    "Adresse de courriel",
    "Dirección de correo",
    "Dirección Email",
)
USERNAME = ("Username", "User name", "Anmeldename", "Nom d'utilisateur", "Nombre de usuario")
ID_NUMBER = ("ID number", "idnumber", "ID-Nummer", "Matrikelnummer", "Numéro d'identification", "Número de ID")
ROLE = ("Role", "Roles", "Rolle", "Rollen", "Rôle", "Rôles", "Rol", "Roles")
IDENTIFIER = ("Identifier", "ID", "Identifiant", "Identificador")
GRADE = ("Grade", "Bewertung", "Note", "Calificación")
MAXIMUM = ("Maximum grade", "Bestwertung", "Note maximale", "Calificación máxima")
MODIFIED = (
    "Last modified (grade)",
    "Zuletzt geändert (Bewertung)",
    "Dernière modification (note)",
    "Última modificación (calificación)",
)
SIS_LOGIN = ("SIS Login ID", "Login ID")
SIS_USER = ("SIS User ID", "Student SIS ID", "SIS ID")
CANVAS_ID = ("ID", "Student ID", "Canvas User ID")
ORG_DEFINED = ("OrgDefinedId", "Org Defined ID")
LMS_USER = ("lms_user_id",)
PLAIN_ID = ("student_id", "id", "student", "user")
END_OF_LINE = "End-of-Line Indicator"


def system_of(table: Table) -> System:
    """Return whose table it is, by its headings."""
    if table.column(*SIS_LOGIN, *SIS_USER) is not None:
        return System.CANVAS
    if (
        table.column("Student", "LastName") is not None
        and table.column("ID") is not None
        and table.column("Section") is not None
    ):
        return System.CANVAS
    if table.column(*ORG_DEFINED, END_OF_LINE) is not None:
        return System.BRIGHTSPACE
    if table.column("first_name", "last_name", *LMS_USER, "student_id") is not None:
        return System.PLAIN
    named = table.column(*FIRST_NAME, *LAST_NAME, *WHOLE_NAME) is not None
    return System.MOODLE if named and table.column(*EMAIL, *ID_NUMBER, *USERNAME) is not None else System.PLAIN

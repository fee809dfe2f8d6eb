"""Tables in the forms of Canvas, Moodle and Brightspace, made up after their documentation, about one small class."""

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,02-activations (4711),Homework 3 (4712),Current Score,Final Score
,,,,,,Manual Posting,,
    Points Possible,,,,,10,10,(read only),(read only)
"Lovelace, Ada",101,0012345,ada,Group 1,,,,
"Hopper, ""Amazing"" Grace",102,0012346,grace,"Group 1 and Group 2",3,,,
"Müller, Jörg",103,0012347,joerg,Group 2,,EX,,
"Noether, Emmy",104,0012348,emmy,Group 2,,,,
"Student, Test",199,,0f3e2d1c,Group 1,,,,
"""
CANVAS_TWO_NAMES = """\
LastName,FirstName,ID,SIS Login ID,Section,02-activations (4711)
    Points Possible,,,,,10
Lovelace,Ada,101,ada,Group 1,
Student,Test,199,0f3e2d1c,Group 1,
"""
CANVAS_PEOPLE = """\
Student Name,Student ID,Student SIS ID,Email,Section Name
Ada Lovelace,101,0012345,ada@uni.example,Group 1
"""
MOODLE = """\
"First name","Last name","ID number","Email address",Groups
Ada,Lovelace,0012345,ada@uni.example,"A, B"
Grace,Hopper,0012346,grace@uni.example,
Jörg,Müller,0012347,joerg@uni.example,
"""
MOODLE_GERMAN = """\
Vorname;Nachname;Anmeldename;ID-Nummer;E-Mail-Adresse
Ada;Lovelace;ada;0012345;ada@uni.example
"""
MOODLE_WORKSHEET = """\
Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum grade","Grade can be changed",\
"Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 5001","Ada Lovelace",0012345,ada@uni.example,"Submitted for grading",,10.00,Yes,"Monday, 2 November 2026, 9:00 AM",-,
"Participant 5002","Grace Hopper",0012346,grace@uni.example,"No submission",,10.00,Yes,-,-,"Well ""done"", Grace."
"Participant 5003","Jörg Müller",0012347,joerg@uni.example,"Submitted for grading",4.00,10.00,Yes,-,-,
"""
MOODLE_WORKSHEET_GERMAN = """\
ID;"Vollständiger Name";ID-Nummer;E-Mail-Adresse;Status;Bewertung;Bestwertung;"Zuletzt geändert (Bewertung)"
Teilnehmer/in5001;"Ada Lovelace";0012345;ada@uni.example;"Zur Bewertung abgegeben";;10,00;-
"""
BRIGHTSPACE = """\
OrgDefinedId,Username,Last Name,First Name,Email,02-activations Points Grade <Numeric MaxPoints:10 Weight:10>,End-of-Line Indicator
#0012345,#ada,Lovelace,Ada,ada@uni.example,,#
#0012346,#grace,Hopper,Grace,grace@uni.example,,#
"""
BRIGHTSPACE_CLASSLIST = """\
OrgDefinedId,Username,First Name,Last Name,Role,End-of-Line Indicator
#0012345,ada,Ada,Lovelace,Student,#
#0012346,grace,Grace,Hopper,Learner,#
#0000001,prof,Paul,Prof,Instructor,#
"""
PLAIN = """\
id,first_name,last_name,email,lms_user_id
ada,Ada,Lovelace,ada@uni.example,101
"""

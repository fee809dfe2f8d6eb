#!/bin/sh
# Remove what a class left in this folder: shows what that is and asks; anything but the word yes keeps everything.
#
# A gradebook at MLP_COURSE_DB_URL is never touched; gradebook.db is then not this class's, and is left alone as well.
set -eu

left="submitted downloaded autograded feedback gradebook.db gradebook.db-wal gradebook.db-shm gradebook.db-journal grades.csv reports .grading \
.nbgrader.log"
here=$(pwd -P)

# The file of an SQLite gradebook that MLP_COURSE_DB_URL names; nothing for other databases.
database_file() {
    case ${MLP_COURSE_DB_URL:-} in
    sqlite*:///*) ;;
    *) return 0 ;;
    esac
    file=${MLP_COURSE_DB_URL#*:///}
    file=${file%%\?*}
    folder=$(cd "$(dirname "$file")" 2>/dev/null && pwd -P) || return 0
    printf '%s/%s\n' "$folder" "$(basename "$file")"
}

is_there() { [ -e "$1" ] || [ -L "$1" ]; }

count() { find "$@" | wc -l | tr -d ' '; }

describe() {
    if [ -L "$1" ]; then
        echo "a link to $(readlink "$1"); only the link would go"
    elif [ -d "$1" ]; then
        students=
        case $1 in submitted | autograded | feedback) students="students: $(count "$1" -mindepth 1 -maxdepth 1 -type d), " ;; esac
        echo "${students}files: $(count "$1" -type f), $(du -sh "$1" | cut -f1)"
    else
        du -sh "$1" | cut -f1
    fi
}

database=$(database_file)
# The demo's class is one, too, if the folder is the demo's.
[ ! -f demo/.demo ] || left="$left demo"
found=
for name in $left; do
    is_there "$name" || continue
    case $name in gradebook.db*) [ -z "${MLP_COURSE_DB_URL:-}" ] || continue ;; esac
    case $database in
    "$here/$name" | "$here/$name"/*)
        echo "$name stays: the gradebook that MLP_COURSE_DB_URL names is in it."
        continue
        ;;
    esac
    found="$found $name"
done
[ -z "${MLP_COURSE_DB_URL:-}" ] || echo "The gradebook that MLP_COURSE_DB_URL names stays as it is, and so does a gradebook.db here."
if [ -z "$found" ]; then
    echo "There is nothing of a class to remove in $here."
    exit 0
fi

echo "What a class left in $here:"
for name in $found; do
    printf '  %-20s %s\n' "$name" "$(describe "$name")"
done
if [ ! -t 0 ]; then
    echo "Nothing was removed: there is no terminal to answer at. Run make clean-class in one." >&2
    exit 1
fi
printf 'This cannot be made again. Type yes to remove all of it, anything else to keep it: '
answer=
read -r answer || echo
if [ "$answer" != yes ]; then
    echo "Nothing was removed."
    exit 0
fi
for name in $found; do
    rm -rf -- "$name"
done
echo "Removed."

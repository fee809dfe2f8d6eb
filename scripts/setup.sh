#!/bin/sh
# What make needs before it can install anything, on a bare machine, as root or not:
#   setup.sh venv FOLDER [PYTHON]     make a virtual environment with a Python that fits
#   setup.sh packages FOLDER USE...   install what is missing of the system packages for these uses (demo, test, colab),
#                                     where we may; otherwise say what is missing and what happens without it
set -eu

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

install_packages() {
    echo "Installing system packages: $*"
    [ -n "${updated:-}" ] || apt-get update -qq >/dev/null 2>&1 || true
    updated=yes
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1
}

fits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

has_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

make_venv() {
    folder=$1
    python=
    for candidate in ${2:-python3 python3.13 python3.12 python3.11}; do
        if fits "$candidate"; then
            python=$candidate
            break
        fi
    done
    if [ -z "$python" ]; then
        echo "No Python from 3.11 to 3.13 was found (${2:-python3}: $(${2:-python3} -V 2>&1 || true))." >&2
        echo "Install one, or name it: make demo PYTHON=/path/to/python3.12" >&2
        exit 1
    fi
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if ! has_venv "$python"; then
        if may_install; then install_packages "python$version-venv" || true; fi
        if ! has_venv "$python"; then
            echo "$python cannot make virtual environments: its modules venv and ensurepip are missing." >&2
            echo "On Debian and Ubuntu: sudo apt-get install python$version-venv" >&2
            exit 1
        fi
    fi
    echo "Making a virtual environment with Python $version in $folder"
    "$python" -m venv "$folder" || { rm -rf "$folder"; exit 1; }
}

# One line per package: use, package, what shows that it is there, what happens without it.
wanted_packages() {
    cat <<'END'
demo|graphviz|dot|graphs are drawn with matplotlib
demo|bubblewrap|bwrap|the sandbox is built from the kernel's namespaces directly
demo|dataset-fashion-mnist|/usr/share/datasets/fashion-mnist|images are downloaded, or the bundled 6,000 are used
colab|debootstrap|debootstrap|a Python 3.13 of this machine takes the place of Debian's
colab|bubblewrap|bwrap|a Python 3.13 of this machine takes the place of Debian's
test|chromium|chromium|tests in a browser are skipped
END
}

is_there() {
    case $1 in
    /*) [ -e "$1" ] ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

packages() {
    folder=$1
    shift
    missing=
    for use in "$@"; do
        while IFS='|' read -r for_use package sign without; do
            if [ "$for_use" != "$use" ] || is_there "$sign"; then continue; fi
            # One try each: an installation that failed will not succeed a minute later, and make is run often.
            if may_install && [ ! -e "$folder/.tried-$package" ]; then
                install_packages "$package" </dev/null || true
                : >"$folder/.tried-$package"
            fi
            if ! is_there "$sign"; then
                missing="$missing $package"
                echo "Not installed: $package. Without it, $without."
            fi
        done <<END
$(wanted_packages)
END
    done
    [ -z "$missing" ] || echo "On Debian and Ubuntu: sudo apt-get install$missing"
}

case ${1:-} in
venv) make_venv "$2" "${3:-}" ;;
packages)
    shift
    packages "$@"
    ;;
*)
    echo "usage: setup.sh venv FOLDER [PYTHON] | packages FOLDER USE..." >&2
    exit 2
    ;;
esac

# Finds a JDK 25 or newer; sourced by the scripts that start Java, which define fail and script_folder.

# Whether a folder holds a JDK 25 or newer; asks its release file, because starting Java takes longer.
is_jdk_25() {
    local line major
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
            JAVA_VERSION=*)
                major=${line#JAVA_VERSION=}
                major=${major#\"}
                major=${major%%[!0-9]*}
                [ "${major:-0}" -ge 25 ]
                return
                ;;
        esac
    done <"$1/release"
    return 1
}

find_jdk() {
    local java home
    if [ -n "${JAVA_HOME:-}" ] && is_jdk_25 "$JAVA_HOME"; then
        echo "$JAVA_HOME"
        return
    fi
    if java=$(command -v java); then
        home=$(dirname "$(script_folder "$java")")
        if is_jdk_25 "$home"; then
            echo "$home"
            return
        fi
    fi
    for home in /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/java/* \
        "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*; do
        if is_jdk_25 "$home"; then
            echo "$home"
            return
        fi
    done
    fail "needs JDK 25 or newer, and found none: install one (for example Eclipse Temurin 25) and set JAVA_HOME to it"
}

# Builds the benchmarks when a source is newer, then starts a main class of theirs; sourced with the class as argument, followed by its own.
set -euo pipefail

fail() {
    echo "benchmarks: $1" >&2
    exit 2
}

script_folder() {
    cd -P "$(dirname "$1")" && pwd
}

root=$(cd "$(script_folder "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/scripts/find-jdk.sh"
jdk=$(find_jdk)
classes=$root/benchmarks/target/quick
if [ ! -s "$classes/classpath.txt" ] ||
    [ -n "$(find "$root"/*/pom.xml "$root"/*/src/main -newer "$classes/classpath.txt" -print | head -n 1)" ]; then
    echo "benchmarks: building" >&2
    (cd "$root" && JAVA_HOME=$jdk mvn -B -q -Dquick -Dmaven.test.skip=true -pl benchmarks -am package)
    touch "$classes/classpath.txt"
fi
main_class=$1
shift
exec "$jdk/bin/java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
    -Dlanewise.root="$root" -cp "$(echo "$classes"/lanewise-benchmarks-*.jar):$(<"$classes/classpath.txt")" "$main_class" "$@"

import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** A container as its client knows it: what it may be, since a daemon's death hides some outcomes. */
final class Subject {
    /** Where a container is in its life. */
    enum Life { ABSENT, CREATED, RUNNING, EXITED }

    static final int KILLED = 137;

    final String name;
    final String network;
    /** Whether it ends by itself, with this code; 0 if it does not. */
    final int endsWith;
    final String script;
    EnumSet<Life> possible = EnumSet.of(Life.ABSENT);
    /** Exit codes its last end may have. */
    final Set<Integer> codes = new TreeSet<>();
    /** Of its running program; 0 if that may have changed. */
    int pid;

    Subject(String name, Random random) {
        this.name = name;
        this.network = random.nextInt(3) == 0 ? "bridge" : "none";
        this.endsWith = random.nextInt(3) == 0 ? 1 + random.nextInt(100) : 0;
        this.script = endsWith == 0 ? "exec sleep 1000"
                : "sleep 0." + (1 + random.nextInt(4)) + "; exit " + endsWith;
    }

    /** Every life it may have reached by itself as well. */
    EnumSet<Life> reachable() {
        EnumSet<Life> all = EnumSet.copyOf(possible);
        if (endsWith != 0 && all.contains(Life.RUNNING)) {
            all.add(Life.EXITED);
        }
        return all;
    }

    void may(Life... lives) {
        possible.addAll(Set.of(lives));
    }

    void is(Life life) {
        possible = EnumSet.of(life);
        if (life != Life.RUNNING) {
            pid = 0;
        }
    }

    void runs(int process) {
        is(Life.RUNNING);
        pid = process;
        codes.clear();
        if (endsWith != 0) {
            codes.add(endsWith);
        }
    }

    void mayStart() {
        may(Life.RUNNING);
        pid = 0;
        if (endsWith != 0) {
            codes.add(endsWith);
        }
    }

    /** Someone tries to kill it; it may come to its own end before. */
    void mayDie() {
        may(Life.EXITED);
        codes.add(KILLED);
    }
}

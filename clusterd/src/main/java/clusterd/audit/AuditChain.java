package clusterd.audit;

import java.util.Optional;

/** Goes over the lines of a log, the oldest first, and says where one does not hold on to the one before. */
public final class AuditChain {
    private long lines;
    private long first;
    private long number;
    private String digest = AuditLine.NOTHING;

    /**
     * Takes the next line.
     *
     * @return a sentence if the log was changed here, or just before
     */
    public Optional<String> take(String text) {
        boolean begins = lines == 0;
        lines++;
        Optional<AuditLine> line = AuditLine.parse(text);
        String before = digest;
        digest = AuditLine.digest(text);
        if (line.isEmpty()) {
            number++;
            return Optional.of("line " + number + " is no line of an audit log: it was changed");
        }
        long expected = number + 1;
        number = line.get().number();
        if (begins) {
            first = number;
            boolean holds = number > 1 || line.get().previous().equals(AuditLine.NOTHING);
            return holds ? Optional.empty() : Optional.of("line 1 names a line before it");
        }
        if (number != expected) {
            return Optional.of("line " + expected + " is missing: line " + number + " is in its place");
        }
        return line.get().previous().equals(before) ? Optional.empty()
                : Optional.of("line " + number + " does not hold on to the line before it: line " + (number - 1)
                        + " was changed, or this one");
    }

    /** How many lines there were. */
    public long lines() {
        return lines;
    }

    /** The number of the first one; those before it are gone by rotation. */
    public long first() {
        return first;
    }

    /** The number of the last one. */
    public long number() {
        return number;
    }

    /** Of the last one. */
    public String digest() {
        return digest;
    }
}

package clusterd.audit;

/**
 * Which entries are wanted.
 *
 * @param sinceMillis at or after; 0 = from the first
 * @param untilMillis before; 0 = no end
 * @param user        who called; {@code ""} = anybody
 * @param object      name of what it was about, or the beginning of its id; {@code ""} = anything
 */
public record AuditFilter(long sinceMillis, long untilMillis, String user, String object) {
    /** Whether it is wanted. */
    public boolean accepts(AuditEntry entry) {
        return entry.atMillis() >= sinceMillis && (untilMillis == 0 || entry.atMillis() < untilMillis)
                && (user.isEmpty() || entry.who().name().equals(user))
                && (object.isEmpty() || isAbout(entry.subject()));
    }

    private boolean isAbout(AuditEntry.Subject subject) {
        String name = subject.name();
        return name.equals(object) || name.startsWith(object + " ")
                || !subject.id().isEmpty() && subject.id().startsWith(object);
    }
}

package linux.proc;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * An image's {@code /etc/passwd} and {@code /etc/group} ({@code passwd(5)}, {@code group(5)}), and
 * the user a {@code --user} option means by them. Lines of another form are skipped, as the C
 * library does.
 *
 * @param users  in the file's order
 * @param groups in the file's order
 */
public record Accounts(List<User> users, List<Group> groups) {
    /** User ids end here in docker too; the kernel has 2^32 - 1 for "no id". */
    private static final long MAX_ID = Integer.MAX_VALUE;

    public Accounts {
        users = List.copyOf(users);
        groups = List.copyOf(groups);
    }

    /** A line of {@code passwd(5)}. */
    public record User(String name, long uid, long gid, String home, String shell) {}

    /** A line of {@code group(5)}. */
    public record Group(String name, long gid, List<String> members) {
        public Group {
            members = List.copyOf(members);
        }
    }

    /**
     * Who a process runs as.
     *
     * @param uid        user
     * @param gid        group
     * @param otherGroups supplementary groups, in the group file's order
     * @param name       of the user, if it has an entry
     * @param home       its home folder, {@code /} if it has no entry
     */
    public record Identity(
            long uid, long gid, List<Long> otherGroups, Optional<String> name, String home) {
        public Identity {
            otherGroups = List.copyOf(otherGroups);
        }
    }

    /** A user or group nobody knows; the message says what to do. */
    public static final class UnknownAccountException extends Exception {
        private static final long serialVersionUID = 1L;

        UnknownAccountException(String message) {
            super(message);
        }
    }

    /** The accounts in the two texts; the empty string stands for a file that is not there. */
    public static Accounts parse(String passwd, String group) {
        return new Accounts(
                passwd.lines().flatMap(line -> user(line).stream()).toList(),
                group.lines().flatMap(line -> group(line).stream()).toList());
    }

    private static Optional<User> user(String line) {
        String[] fields = line.split(":", -1);
        if (fields.length != 7 || fields[0].isEmpty()) {
            return Optional.empty();
        }
        OptionalLong uid = id(fields[2]);
        OptionalLong gid = id(fields[3]);
        return uid.isPresent() && gid.isPresent()
                ? Optional.of(new User(fields[0], uid.getAsLong(), gid.getAsLong(), fields[5],
                        fields[6]))
                : Optional.empty();
    }

    private static Optional<Group> group(String line) {
        String[] fields = line.split(":", -1);
        if (fields.length != 4 || fields[0].isEmpty() || id(fields[2]).isEmpty()) {
            return Optional.empty();
        }
        List<String> members = new ArrayList<>();
        for (String member : fields[3].split(",")) {
            if (!member.isBlank()) {
                members.add(member.strip());
            }
        }
        return Optional.of(new Group(fields[0], id(fields[2]).getAsLong(), members));
    }

    /**
     * The identity that {@code USER[:GROUP]} means, names or numbers; nothing means root. A number
     * needs no entry. Without a group it is the user's own, with the groups that list the user;
     * with one, that group alone.
     *
     * @throws UnknownAccountException if a name has no entry or a number is out of range
     */
    public Identity resolve(String text) throws UnknownAccountException {
        int colon = text.indexOf(':');
        String userText = colon < 0 ? text : text.substring(0, colon);
        String groupText = colon < 0 ? "" : text.substring(colon + 1);
        String wanted = userText.isEmpty() ? "0" : userText;
        Optional<User> user = users.stream()
                .filter(entry -> entry.name().equals(wanted)
                        || Long.toString(entry.uid()).equals(wanted))
                .findFirst();
        long uid = user.isPresent()
                ? user.get().uid() : number(wanted, "user", "/etc/passwd");
        long gid = groupText.isEmpty() ? user.map(User::gid).orElse(0L) : groupId(groupText);
        List<Long> others = groupText.isEmpty() && user.isPresent()
                ? groupsOf(user.get()) : List.of();
        return new Identity(uid, gid, others, user.map(User::name),
                user.map(User::home).filter(home -> !home.isEmpty()).orElse("/"));
    }

    /**
     * The group a name or number means, as {@code --group-add} takes it; a number needs no entry.
     *
     * @throws UnknownAccountException if a name has no entry or a number is out of range
     */
    public long groupId(String text) throws UnknownAccountException {
        for (Group group : groups) {
            if (group.name().equals(text) || Long.toString(group.gid()).equals(text)) {
                return group.gid();
            }
        }
        return number(text, "group", "/etc/group");
    }

    private List<Long> groupsOf(User user) {
        Set<Long> ids = new LinkedHashSet<>();
        for (Group group : groups) {
            if (group.members().contains(user.name())) {
                ids.add(group.gid());
            }
        }
        return List.copyOf(ids);
    }

    private static long number(String text, String kind, String file)
            throws UnknownAccountException {
        boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits) {
            throw new UnknownAccountException("unable to find " + kind + " " + text
                    + ": the image's " + file + " has no such entry; use one it has, or a number");
        }
        return id(text).orElseThrow(() -> new UnknownAccountException(
                kind + " id " + text + " is out of range; 0 to " + MAX_ID + " are possible"));
    }

    private static OptionalLong id(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 10
                && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || Long.parseLong(text) > MAX_ID) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Long.parseLong(text));
    }
}

package runtime.container;

import static runtime.container.ContainerException.Reason.INVALID_OPTION;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import linux.proc.Accounts;
import runtime.spec.Process.User;

/** Users and groups as the files of a root file system have them, which anyone may have written. */
final class UserLookup {
    private static final int MAX_FILE_BYTES = 4 << 20;
    /** Of an image whose files cannot be read: root alone has a name. */
    static final UserLookup NOBODY_KNOWN = new UserLookup(Accounts.parse("", ""));

    private final Accounts accounts;

    private UserLookup(Accounts accounts) {
        this.accounts = accounts;
    }

    /** Who a process runs as, and its home folder. */
    record Found(User user, String home) {}

    /** Those in a stack of layers; none if it has no such files. */
    static UserLookup in(LayerFiles files) throws IOException {
        return new UserLookup(Accounts.parse(
                text(files, "/etc/passwd"), text(files, "/etc/group")));
    }

    private static String text(LayerFiles files, String path) throws IOException {
        return files.read(path, MAX_FILE_BYTES)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse("");
    }

    /**
     * Resolves {@code user[:group]}.
     *
     * @param text   names or numbers; empty for root
     * @param groups further groups, names or numbers
     */
    Found resolve(String text, List<String> groups) throws ContainerException {
        try {
            Accounts.Identity identity = accounts.resolve(text);
            TreeSet<Long> further = new TreeSet<>(identity.otherGroups());
            for (String group : groups) {
                further.add(accounts.groupId(group));
            }
            further.remove(identity.gid());
            boolean nameless = identity.uid() == 0 && identity.name().isEmpty();
            return new Found(new User(identity.uid(), identity.gid(), OptionalInt.empty(),
                    List.copyOf(further)), nameless ? "/root" : identity.home());
        } catch (Accounts.UnknownAccountException unknown) {
            throw new ContainerException(INVALID_OPTION, unknown.getMessage(), -1, unknown);
        }
    }
}

package cli.stack;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.BiPredicate;

/**
 * What becomes of a stack's secrets and configs.
 *
 * @param create   those that are not there
 * @param refusals why it cannot be done, a sentence each
 * @param warnings what the user should know though it is done
 */
public record FileSteps(List<Wanted> create, List<String> refusals, List<String> warnings) {
    /** Label of the secrets that a stack made: by what their content is known again. */
    public static final String MARK_LABEL = "jctl.stack.content";

    /** Copies the lists. */
    public FileSteps {
        create = List.copyOf(create);
        refusals = List.copyOf(refusals);
        warnings = List.copyOf(warnings);
    }

    /**
     * One the stack has.
     *
     * @param name   in the cluster
     * @param secret or a config
     * @param labels of it
     * @param data   its content
     */
    public record Wanted(String name, boolean secret, SortedMap<String, String> labels, byte[] data) {
        String noun() {
            return secret ? "secret" : "config";
        }
    }

    /**
     * One the cluster has.
     *
     * @param labels of it
     * @param data   of a config
     */
    public record Kept(Map<String, String> labels, Optional<byte[]> data) {
    }

    /**
     * Decides. Neither secrets nor configs change once they are made, since tasks may have them.
     *
     * @param secrets that the cluster has, by name
     * @param configs that the cluster has, by name
     * @param marks   whether a mark is of some content
     */
    public static FileSteps of(List<Wanted> wanted, Map<String, Kept> secrets, Map<String, Kept> configs,
            BiPredicate<String, byte[]> marks) {
        List<Wanted> create = new ArrayList<>();
        List<String> refusals = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (Wanted each : wanted) {
            Kept kept = (each.secret() ? secrets : configs).get(each.name());
            if (kept == null) {
                create.add(each);
            } else if (isUnmarked(each, kept)) {
                warnings.add("secret " + each.name() + " is there already and was not made by a stack: it is used as"
                        + " it is, whatever the file says");
            } else if (!isSame(each, kept, marks)) {
                refusals.add(each.noun() + " " + each.name() + " is in the cluster with another content, and a "
                        + each.noun() + " never changes: give it another name in the file (`name: " + each.name()
                        + "_2`), which updates the services that use it, or `jctl stack rm` the stack first");
            }
        }
        return new FileSteps(create, refusals, warnings);
    }

    private static boolean isUnmarked(Wanted wanted, Kept kept) {
        return wanted.secret() && !kept.labels().containsKey(MARK_LABEL);
    }

    private static boolean isSame(Wanted wanted, Kept kept, BiPredicate<String, byte[]> marks) {
        return wanted.secret() ? marks.test(kept.labels().get(MARK_LABEL), wanted.data())
                : kept.data().isPresent() && Arrays.equals(kept.data().get(), wanted.data());
    }
}

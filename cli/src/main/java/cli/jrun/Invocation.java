package cli.jrun;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import runtime.oci.OciException;

/**
 * One call, taken apart. Options end where the first other word begins, as in runc.
 *
 * @param global  options before the command, by long name; a flag's value is empty
 * @param command its name; empty if there is none
 * @param options of the command; those given more than once have all their values
 * @param words   what is no option
 */
record Invocation(
        Map<String, List<String>> global,
        String command,
        Map<String, List<String>> options,
        List<String> words) {

    /** @throws OciException if a word is not known, or an option has no value */
    static Invocation parse(List<String> all) throws OciException {
        Map<String, List<String>> global = new HashMap<>();
        int at = options(CommandSyntax.GLOBAL, all, 0, global);
        if (at == all.size()) {
            return new Invocation(global, "", Map.of(), List.of());
        }
        String command = all.get(at);
        CommandSyntax syntax = CommandSyntax.COMMANDS.get(command);
        if (syntax == null) {
            throw new OciException("'" + command + "' is no command of jrun: "
                    + String.join(", ", CommandSyntax.COMMANDS.keySet().stream().sorted().toList()));
        }
        Map<String, List<String>> options = new HashMap<>();
        at = options(syntax, all, at + 1, options);
        return new Invocation(global, command, options, List.copyOf(all.subList(at, all.size())));
    }

    private static int options(CommandSyntax syntax, List<String> all, int from,
            Map<String, List<String>> into) throws OciException {
        int at = from;
        while (at < all.size() && all.get(at).startsWith("-") && !all.get(at).equals("-")) {
            String word = all.get(at++);
            if (word.equals("--")) {
                return at;
            }
            int equals = word.indexOf('=');
            String bare = word.substring(word.startsWith("--") ? 2 : 1,
                    equals < 0 ? word.length() : equals);
            String name = syntax.letters().getOrDefault(bare, bare);
            List<String> values = into.computeIfAbsent(name, _ -> new ArrayList<>());
            if (syntax.flags().contains(name)) {
                String value = equals < 0 ? "true" : word.substring(equals + 1);
                if (value.equals("true")) {
                    values.add("");
                } else {
                    into.remove(name);
                }
            } else if (syntax.valued().contains(name)) {
                if (equals >= 0) {
                    values.add(word.substring(equals + 1));
                } else if (at < all.size()) {
                    values.add(all.get(at++));
                } else {
                    throw new OciException("option " + word + " needs a value");
                }
            } else {
                throw new OciException("unknown option " + word);
            }
        }
        return at;
    }

    boolean isOn(String flag) {
        return options.containsKey(flag);
    }

    Optional<String> value(String option) {
        return last(options, option);
    }

    List<String> values(String option) {
        return options.getOrDefault(option, List.of());
    }

    /** Whether cgroups are to be systemd's, in runc's words or in crun's. */
    boolean isSystemd() {
        return globalValue("systemd-cgroup").isPresent()
                || globalValue("cgroup-manager").filter("systemd"::equals).isPresent();
    }

    Optional<String> globalValue(String option) {
        return last(global, option);
    }

    private static Optional<String> last(Map<String, List<String>> from, String option) {
        List<String> values = from.getOrDefault(option, List.of());
        return values.isEmpty() ? Optional.empty() : Optional.of(values.getLast());
    }

    Optional<Path> path(String option) {
        return value(option).filter(text -> !text.isEmpty()).map(text -> Path.of(text).toAbsolutePath());
    }

    /** @throws OciException if it is not a number of that size */
    int number(String option, int most) throws OciException {
        String text = value(option).orElse("0");
        try {
            int number = Integer.parseInt(text);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException notOne) {
            throw new OciException("--" + option + " " + text + ": a number is wanted", notOne);
        }
        throw new OciException("--" + option + " " + text + ": 0 to " + most + " is possible");
    }

    /** The container's ID, which all but few commands have as their first word. */
    String id() throws OciException {
        if (words.isEmpty() || words.getFirst().isEmpty()) {
            throw new OciException("jrun " + command + " needs a container's ID");
        }
        return words.getFirst();
    }

    /** Refuses words beyond those the command takes. */
    void atMost(int count) throws OciException {
        if (words.size() > count) {
            throw new OciException("jrun " + command + ": one word too many: " + words.get(count));
        }
    }
}

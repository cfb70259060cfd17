package sriov.pool;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Values that are wanted, or not: {@code 8086}, {@code !1af4}, {@code ens*}. Letters count the same, large or small.
 *
 * @param wanted   one of these, if there are any; {@code *} is anything
 * @param unwanted none of these
 */
record Choice(List<String> wanted, List<String> unwanted) {
    /** Anything. */
    static final Choice ANY = new Choice(List.of(), List.of());

    Choice {
        wanted = List.copyOf(wanted);
        unwanted = List.copyOf(unwanted);
    }

    /** Of what a user wrote. */
    static Choice of(List<String> values) {
        return new Choice(values.stream().filter(each -> !each.startsWith("!")).toList(), values.stream().filter(each -> each.startsWith("!"))
                .map(each -> each.substring(1)).toList());
    }

    /** Why something with these values is not chosen; empty if it is. */
    Optional<String> refusal(String noun, Collection<String> values) {
        Optional<String> forbidden = values.stream().filter(value -> unwanted.stream().anyMatch(each -> matches(each, value))).findFirst();
        if (forbidden.isPresent()) {
            return Optional.of("its " + noun + " " + forbidden.get() + " is excluded");
        }
        if (wanted.isEmpty() || values.stream().anyMatch(value -> wanted.stream().anyMatch(each -> matches(each, value)))) {
            return Optional.empty();
        }
        return Optional.of(values.isEmpty() ? "it has no " + noun + ", and " + shown() + " is wanted"
                : "its " + noun + " " + String.join(", ", values) + " is not " + shown());
    }

    private String shown() {
        return wanted.stream().collect(Collectors.joining(" or "));
    }

    /** Without backtracking: each star takes as little as it can. */
    static boolean matches(String pattern, String text) {
        String[] parts = pattern.toLowerCase(Locale.ROOT).split("\\*", -1);
        String rest = text.toLowerCase(Locale.ROOT);
        if (parts.length == 1) {
            return rest.equals(parts[0]);
        }
        if (!rest.startsWith(parts[0])) {
            return false;
        }
        rest = rest.substring(parts[0].length());
        for (int i = 1; i < parts.length - 1; i++) {
            int at = rest.indexOf(parts[i]);
            if (at < 0) {
                return false;
            }
            rest = rest.substring(at + parts[i].length());
        }
        return rest.endsWith(parts[parts.length - 1]);
    }
}

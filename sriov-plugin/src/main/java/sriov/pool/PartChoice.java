package sriov.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Virtual functions of physical ones: {@code ens1f0}, {@code ens1f0#0,2-7}, {@code !ens1f1#0}.
 *
 * @param wanted   one of these, if there are any
 * @param unwanted none of these
 */
record PartChoice(List<Parts> wanted, List<Parts> unwanted) {
    /** Anything. */
    static final PartChoice ANY = new PartChoice(List.of(), List.of());
    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

    PartChoice {
        wanted = List.copyOf(wanted);
        unwanted = List.copyOf(unwanted);
    }

    /** From one index to another, both of them as well. */
    record Range(int from, int to) {
    }

    /**
     * Of one physical function.
     *
     * @param name   of it, or its address; {@code *} is anything
     * @param ranges of its parts; none = all of them
     */
    record Parts(String name, List<Range> ranges) {
        Parts {
            ranges = List.copyOf(ranges);
        }

        /** What a user wrote; empty if it is no such thing. */
        static Optional<Parts> parse(String text) {
            String[] halves = text.split("#", 2);
            List<Range> ranges = new ArrayList<>();
            if (halves[0].isEmpty()) {
                return Optional.empty();
            }
            for (String each : halves.length < 2 ? new String[0] : halves[1].split(",", -1)) {
                Matcher range = RANGE.matcher(each);
                if (!range.matches()) {
                    return Optional.empty();
                }
                int from = Integer.parseInt(range.group(1));
                int to = range.group(2) == null ? from : Integer.parseInt(range.group(2));
                if (to < from) {
                    return Optional.empty();
                }
                ranges.add(new Range(from, to));
            }
            return Optional.of(new Parts(halves[0], ranges));
        }

        private boolean has(List<String> names, int index) {
            return names.stream().anyMatch(each -> Choice.matches(name, each))
                    && (ranges.isEmpty() || ranges.stream().anyMatch(each -> each.from() <= index && index <= each.to()));
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(name);
            for (int i = 0; i < ranges.size(); i++) {
                text.append(i == 0 ? '#' : ',').append(ranges.get(i).from());
                if (ranges.get(i).to() != ranges.get(i).from()) {
                    text.append('-').append(ranges.get(i).to());
                }
            }
            return text.toString();
        }
    }

    /**
     * Why a part is not chosen; empty if it is.
     *
     * @param names of its physical function; none if it is no part of one that is known
     * @param index of the part; -1 = it is the physical function itself
     */
    Optional<String> refusal(String noun, List<String> names, int index) {
        String whose = names.isEmpty() ? "" : names.getFirst() + (index < 0 ? "" : "#" + index);
        Optional<Parts> forbidden = unwanted.stream().filter(each -> each.has(names, index)).findFirst();
        if (forbidden.isPresent()) {
            return Optional.of(noun + " " + whose + " is excluded by !" + forbidden.get());
        }
        if (wanted.isEmpty() || wanted.stream().anyMatch(each -> each.has(names, index))) {
            return Optional.empty();
        }
        String shown = String.join(" or ", wanted.stream().map(Parts::toString).toList());
        return Optional.of(names.isEmpty() ? "it has no " + noun + ", and " + shown + " is wanted" : noun + " " + whose + " is not " + shown);
    }
}

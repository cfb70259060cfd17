package runtime.image;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A time of a pax header, seconds since 1970 with a decimal fraction, perhaps negative. */
public record PaxTime(long seconds, int nanoseconds) {
    private static final Pattern FORM = Pattern.compile("(-?)(\\d{1,18})(?:\\.(\\d{0,64}))?");
    private static final int NANOSECOND_DIGITS = 9;
    private static final int SECOND_NANOSECONDS = 1_000_000_000;

    /** The time in {@code text}, or whole {@code seconds} if there is none. */
    public static PaxTime of(Optional<String> text, long seconds) throws TarFormatException {
        if (text.isEmpty()) {
            return new PaxTime(seconds, 0);
        }
        Matcher matcher = FORM.matcher(text.get());
        if (!matcher.matches()) {
            throw new TarFormatException("the archive has a time of "
                    + LayerPath.shown(text.get()));
        }
        String fraction = matcher.group(3) == null ? "" : matcher.group(3);
        fraction = (fraction + "000000000").substring(0, NANOSECOND_DIGITS);
        long whole = Long.parseLong(matcher.group(2));
        int part = Integer.parseInt(fraction);
        if (matcher.group(1).isEmpty()) {
            return new PaxTime(whole, part);
        }
        return part == 0 ? new PaxTime(-whole, 0)
                : new PaxTime(-whole - 1, SECOND_NANOSECONDS - part);
    }
}

package cli.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads a line and not a byte more. */
final class LineInput {
    private static final int LIMIT_BYTES = 64 * 1024;

    private LineInput() {}

    /** The line without its end; what there is if the input ends first. */
    static String read(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
            line.write(octet);
            if (line.size() > LIMIT_BYTES) {
                throw new IOException("a line longer than " + LIMIT_BYTES + " bytes");
            }
        }
        String text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}

package clusterd.security;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Blocks of bytes as text (RFC 7468).
 *
 * @param label what the bytes are, {@code CERTIFICATE} …
 * @param bytes DER, or whatever the label says
 */
record Pem(String label, byte[] bytes) {
    static final String CERTIFICATE = "CERTIFICATE";
    static final String PRIVATE_KEY = "PRIVATE KEY";
    private static final int LINE = 64;
    private static final Pattern BLOCK = Pattern.compile(
            "-----BEGIN ([A-Z ]{1,40})-----\\R([A-Za-z0-9+/=\\r\\n]*+)-----END \\1-----\\R?");

    /** The blocks one after the other. */
    static String write(List<Pem> blocks) {
        StringBuilder text = new StringBuilder();
        for (Pem block : blocks) {
            text.append("-----BEGIN ").append(block.label()).append("-----\n")
                    .append(Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(block.bytes()))
                    .append("\n-----END ").append(block.label()).append("-----\n");
        }
        return text.toString();
    }

    /**
     * All blocks of a text that consists of them.
     *
     * @throws IllegalArgumentException if there is anything else in it; does not repeat it: it may be a key
     */
    static List<Pem> read(String text) {
        List<Pem> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        int end = 0;
        while (end < text.length()) {
            if (!matcher.find(end) || matcher.start() != end) {
                throw new IllegalArgumentException("character " + end + " begins no block `-----BEGIN …-----`");
            }
            blocks.add(new Pem(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2))));
            end = matcher.end();
        }
        return blocks;
    }
}

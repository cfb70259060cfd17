package runtime.oci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import runtime.spec.JsonText;
import runtime.spec.SpecException;

/** The text of a file that a caller hands over as JSON. */
public final class JsonFile {
    private JsonFile() {}

    /**
     * What is in a file.
     *
     * @throws OciException if it is not UTF-8; names the file, the byte and its offset
     */
    public static String read(Path file) throws OciException, IOException {
        return text(file.toString(), Files.readAllBytes(file));
    }

    /**
     * Bytes as text.
     *
     * @param name where they come from, for the message
     * @throws OciException if they are not UTF-8
     */
    public static String text(String name, byte[] bytes) throws OciException {
        try {
            return JsonText.decode(bytes);
        } catch (SpecException wrong) {
            throw new OciException(name + ": " + wrong.problems().getFirst().text(), wrong);
        }
    }
}

package runtime.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import linux.syscall.FileIdentity;

/**
 * What came of an archive.
 *
 * @param contentBytes of files made
 * @param skipped      sentences about what was left out
 */
public record Unpacked(long contentBytes, List<String> skipped) {

    /**
     * Unpacks a tar below an open folder, as root of the container if that is another than the host's.
     *
     * @throws UnpackException for an entry that cannot be made; what came before it stays
     */
    public static Unpacked into(int folder, InputStream tar, UnpackRules rules)
            throws IOException {
        if (rules.ids().base() == 0) {
            return here(folder, tar, rules);
        }
        return OwnThread.run("unpack", () -> {
            FileIdentity.assume(rules.ids().base());
            return here(folder, tar, rules);
        });
    }

    private static Unpacked here(int folder, InputStream tar, UnpackRules rules)
            throws IOException {
        try (TreeUnpacker unpacker = new TreeUnpacker(folder, rules)) {
            unpacker.unpack(tar);
            return new Unpacked(unpacker.contentBytes(), unpacker.skipped());
        }
    }
}

package clusterd.fabric;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import overlaynet.mesh.TunnelSecret;

/**
 * This node's private keys of encrypted networks' tunnels, in a file that its owner alone reads: a line for each, with
 * the moment it was made for, as the managers count. There is one, or more while the managers tell the others of the newest. Not safe for use by
 * several threads.
 */
final class TunnelKeys {
    private static final String UNFINISHED = ".new";

    private final Path file;
    private final RandomGenerator random;
    private List<Kept> kept;

    /** A key, and the moment it was made for. */
    private record Kept(long millis, TunnelSecret secret) {
    }

    private TunnelKeys(Path file, RandomGenerator random, List<Kept> kept) {
        this.file = file;
        this.random = random;
        this.kept = kept;
    }

    /**
     * Those that the file holds; none if there is no such file.
     *
     * @param random that nobody can guess
     * @throws IOException if the file cannot be read, or is damaged: the message shows nothing of it
     */
    static TunnelKeys open(Path file, RandomGenerator random) throws IOException {
        List<Kept> kept = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
                String[] words = line.split(" ");
                kept.add(new Kept(Long.parseLong(words[0]), TunnelSecret.of(Base64.getDecoder().decode(words[1]))));
            }
        } catch (NoSuchFileException none) {
            return new TunnelKeys(file, random, List.of());
        } catch (IllegalArgumentException | IndexOutOfBoundsException damaged) {
            // Without its cause, whose words may be a key's.
            throw new IOException(file + " is damaged: line " + (kept.size() + 1) + " is no moment and key");
        }
        return new TunnelKeys(file, random, kept);
    }

    /** None, kept in that file. */
    static TunnelKeys empty(Path file, RandomGenerator random) {
        return new TunnelKeys(file, random, List.of());
    }

    /** Makes a key if there is none, or if the newest was made for an earlier moment; the others stay. */
    void need(long millis) throws IOException {
        if (!kept.isEmpty() && kept.getLast().millis() >= millis) {
            return;
        }
        byte[] bytes = new byte[TunnelSecret.BYTES];
        random.nextBytes(bytes);
        List<Kept> more = new ArrayList<>(kept);
        more.add(new Kept(millis, TunnelSecret.of(bytes)));
        keep(more);
    }

    /** The public half of the newest, as text; empty if none was needed. */
    Optional<String> newest() {
        return kept.isEmpty() ? Optional.empty() : Optional.of(kept.getLast().secret().publicText());
    }

    /** The one that others know by that text; empty if it is none of ours. */
    Optional<TunnelSecret> of(String publicKey) {
        return kept.stream().map(Kept::secret).filter(each -> each.publicText().equals(publicKey)).findFirst();
    }

    /** Everybody was told of the newest. */
    void forgetOlder() throws IOException {
        if (kept.size() > 1) {
            keep(List.of(kept.getLast()));
        }
    }

    /** None is left, and no file. */
    void forgetAll() throws IOException {
        kept = List.of();
        Files.deleteIfExists(file.resolveSibling(file.getFileName() + UNFINISHED));
        Files.deleteIfExists(file);
    }

    /** Once this returns, it survives a loss of power. */
    private void keep(List<Kept> now) throws IOException {
        StringBuilder text = new StringBuilder();
        now.forEach(each -> text.append(each.millis()).append(' ')
                .append(Base64.getEncoder().encodeToString(each.secret().bytes())).append('\n'));
        Path next = file.resolveSibling(file.getFileName() + UNFINISHED);
        Files.deleteIfExists(next);
        try (FileChannel channel = FileChannel.open(next, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        kept = List.copyOf(now);
    }
}

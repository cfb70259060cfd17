package runtime.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.ImageFormatException;
import runtime.image.Index;
import runtime.image.MediaType;
import runtime.image.Reference;

/**
 * {@code index.json} of the image layout (OCI image-spec image-layout.md): which manifest each name
 * means, one entry per name with annotation {@code org.opencontainers.image.ref.name}, and one
 * without for an image that has lost its names. Changes are made under a lock and by rename, so
 * several processes may work on it; reading needs no lock.
 */
final class NameTable {
    static final String NAME_ANNOTATION = "org.opencontainers.image.ref.name";

    private static final int LIMIT_BYTES = 64 << 20;
    private static final String LAYOUT = "{\"imageLayoutVersion\":\"1.0.0\"}";

    private static final State NO_FILE = new State("", 0, FileTime.fromMillis(0));

    private final Path file;
    private final Path lockFile;
    private volatile Snapshot snapshot = new Snapshot(NO_FILE, List.of());

    /** An entry: a manifest under one name or none. */
    record Entry(Optional<Reference> name, Descriptor manifest) {
    }

    /** What the file held when its inode, length and time were these. */
    private record Snapshot(State state, List<Entry> entries) {
    }

    /** Which file it is and when it was written last. */
    private record State(Object inode, long sizeBytes, FileTime modified) {
    }

    private NameTable(Path imagesFolder) {
        this.file = imagesFolder.resolve("index.json");
        this.lockFile = imagesFolder.resolve("index.lock");
    }

    static NameTable open(Path imagesFolder) throws IOException {
        Path layout = imagesFolder.resolve("oci-layout");
        if (!Files.exists(layout)) {
            AtomicFile.write(layout, LAYOUT.getBytes(StandardCharsets.UTF_8));
        }
        NameTable table = new NameTable(imagesFolder);
        if (!Files.exists(table.file)) {
            table.change(entries -> entries);
        }
        return table;
    }

    /** The entries now. */
    List<Entry> entries() throws IOException {
        State state = state();
        Snapshot known = snapshot;
        if (!known.state.equals(state)) {
            known = new Snapshot(state, read());
            snapshot = known;
        }
        return known.entries;
    }

    private State state() throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class);
            return new State(attributes.fileKey(), attributes.size(),
                    attributes.lastModifiedTime());
        } catch (NoSuchFileException e) {
            return NO_FILE;
        }
    }

    private List<Entry> read() throws IOException {
        List<Entry> entries = new ArrayList<>();
        try {
            if (Files.size(file) > LIMIT_BYTES) {
                throw new ImageException(ImageException.Reason.MALFORMED, file + " has "
                        + Files.size(file) + " bytes; at most " + LIMIT_BYTES + " are read");
            }
            Index index = Index.parse(Files.readAllBytes(file), Optional.of(MediaType.OCI_INDEX));
            for (Descriptor descriptor : index.manifests()) {
                entries.add(new Entry(name(descriptor), descriptor));
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (ImageFormatException e) {
            throw new ImageException(ImageException.Reason.MALFORMED, "cannot read " + file
                    + ": " + e.getMessage(), e);
        }
        return List.copyOf(entries);
    }

    /** A name another tool wrote that is no image name to us leaves the image without one. */
    private static Optional<Reference> name(Descriptor descriptor) {
        String text = descriptor.annotations().get(NAME_ANNOTATION);
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Reference.parse(text));
        } catch (ImageFormatException e) {
            return Optional.empty();
        }
    }

    /** Replaces the entries by what {@code change} makes of them; old or new after a crash. */
    synchronized List<Entry> change(UnaryOperator<List<Entry>> change) throws IOException {
        try (FolderLock _ = FolderLock.exclusive(lockFile)) {
            List<Entry> old = read();
            List<Entry> changed = List.copyOf(change.apply(old));
            if (!changed.equals(old) || !Files.exists(file)) {
                AtomicFile.write(file, new Index(MediaType.OCI_INDEX,
                        changed.stream().map(NameTable::annotated).toList(), Map.of()).toJson());
            }
            return changed;
        }
    }

    private static Descriptor annotated(Entry entry) {
        Map<String, String> annotations = new HashMap<>(entry.manifest.annotations());
        annotations.remove(NAME_ANNOTATION);
        entry.name.ifPresent(name -> annotations.put(NAME_ANNOTATION, name.toString()));
        return entry.manifest.withAnnotations(annotations);
    }

    /** Entries after {@code name} means {@code manifest}; who had the name keeps its image. */
    static List<Entry> named(List<Entry> entries, Reference name, Descriptor manifest) {
        List<Entry> changed = new ArrayList<>(without(entries, name));
        changed.removeIf(entry -> entry.name.isEmpty()
                && entry.manifest.digest().equals(manifest.digest()));
        changed.add(new Entry(Optional.of(name), manifest));
        return changed;
    }

    /** Entries after {@code manifest} is there, with the names it has, perhaps none. */
    static List<Entry> unnamed(List<Entry> entries, Descriptor manifest) {
        if (count(entries, manifest.digest()) > 0) {
            return entries;
        }
        List<Entry> changed = new ArrayList<>(entries);
        changed.add(new Entry(Optional.empty(), manifest));
        return changed;
    }

    /** Entries after {@code name} is gone; an image that has no other stays without a name. */
    static List<Entry> without(List<Entry> entries, Reference name) {
        List<Entry> changed = new ArrayList<>();
        for (Entry entry : entries) {
            if (!entry.name.equals(Optional.of(name))) {
                changed.add(entry);
            } else if (count(entries, entry.manifest.digest()) == 1) {
                changed.add(new Entry(Optional.empty(), entry.manifest));
            }
        }
        return changed;
    }

    private static long count(List<Entry> entries, Digest manifest) {
        return entries.stream().filter(e -> e.manifest.digest().equals(manifest)).count();
    }
}

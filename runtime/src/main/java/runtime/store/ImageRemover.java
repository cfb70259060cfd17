package runtime.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.ImageFormatException;
import runtime.image.Reference;
import runtime.store.ImageStore.Hold;
import runtime.store.ImageStore.Removal;

/** Removes names, images, and the blobs and layers that no image needs any more. */
final class ImageRemover {
    private final NameTable names;
    private final BlobStore blobs;
    private final ImageCatalog catalog;
    private final LayerStore layers;
    private final Path lockFile;
    private int holds;
    /** Whether something was to be removed while somebody held everything. */
    private boolean sweepWanted;

    /** @param lockFile held by whoever adds content, so that no other process sweeps then */
    ImageRemover(Path lockFile, NameTable names, BlobStore blobs, ImageCatalog catalog,
            LayerStore layers) {
        this.lockFile = lockFile;
        this.names = names;
        this.blobs = blobs;
        this.catalog = catalog;
        this.layers = layers;
    }

    Hold hold() throws IOException {
        FolderLock lock = FolderLock.shared(lockFile);
        synchronized (this) {
            holds++;
        }
        AtomicBoolean closed = new AtomicBoolean();
        return () -> {
            if (!closed.getAndSet(true)) {
                release(lock);
            }
        };
    }

    /** Removes, once nobody holds everything any more, what a failed addition left. */
    synchronized void sweepLater() {
        sweepWanted = true;
    }

    private synchronized void release(FolderLock lock) throws IOException {
        holds--;
        lock.close();
        if (holds == 0 && sweepWanted) {
            sweep();
        }
    }

    Removal remove(String nameOrId, boolean force, Predicate<Digest> used) throws IOException {
        Optional<NameTable.Entry> damaged = damaged(nameOrId);
        if (damaged.isPresent()) {
            return removeDamaged(damaged.get());
        }
        StoredImage image = catalog.find(nameOrId).orElseThrow(() -> new ImageException(
                ImageException.Reason.NOT_FOUND, "no such image: " + nameOrId));
        Optional<Reference> name = nameAmong(image, nameOrId);
        boolean last = name.isEmpty() || image.names().size() == 1;
        boolean inUse = used.test(image.id());
        if (last && inUse && !force) {
            throw new ImageException(ImageException.Reason.IN_USE, "image " + nameOrId
                    + " is used by a container; remove the container first, or force the removal"
                    + " of its names");
        }
        if (name.isEmpty() && image.names().size() > 1 && !force) {
            throw new ImageException(ImageException.Reason.IN_USE, "image " + nameOrId + " has "
                    + image.names().size() + " names (" + String.join(", ",
                    image.names().stream().map(Reference::familiar).toList())
                    + "); remove them one by one, or force the removal of all");
        }
        List<Reference> gone = name.map(List::of).orElse(image.names());
        boolean delete = last && !inUse;
        names.change(entries -> after(entries, image, gone, delete));
        return new Removal(gone, delete ? List.of(image.id()) : List.of(), sweep());
    }

    /** The entry of a name whose image cannot be read any more. */
    private Optional<NameTable.Entry> damaged(String name) throws IOException {
        Reference wanted;
        try {
            wanted = Reference.parse(name);
        } catch (ImageFormatException anId) {
            return Optional.empty();
        }
        for (NameTable.Entry entry : names.entries()) {
            if (entry.name().equals(Optional.of(wanted)) && readable(entry).isEmpty()) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    private Removal removeDamaged(NameTable.Entry entry) throws IOException {
        names.change(entries -> entries.stream().filter(e -> !e.equals(entry)).toList());
        return new Removal(entry.name().stream().toList(), List.of(), sweep());
    }

    /** The name that was meant, if one was and not an id. */
    private static Optional<Reference> nameAmong(StoredImage image, String nameOrId) {
        try {
            Reference wanted = Reference.parse(nameOrId);
            return image.names().stream()
                    .filter(name -> name.equals(wanted)
                            || wanted.digest().isPresent()
                            && name.registry().equals(wanted.registry())
                            && name.repository().equals(wanted.repository()))
                    .findFirst();
        } catch (ImageFormatException anId) {
            return Optional.empty();
        }
    }

    private List<NameTable.Entry> after(List<NameTable.Entry> entries, StoredImage image,
            List<Reference> gone, boolean delete) {
        List<NameTable.Entry> changed = entries;
        for (Reference name : gone) {
            changed = NameTable.without(changed, name);
        }
        return delete ? changed.stream()
                .filter(entry -> !isOf(entry, image) || entry.name().isPresent()).toList()
                : changed;
    }

    private boolean isOf(NameTable.Entry entry, StoredImage image) {
        try {
            return catalog.read(entry.manifest()).id().equals(image.id());
        } catch (IOException broken) {
            return false;
        }
    }

    Removal prune(boolean named, Predicate<Digest> used) throws IOException {
        List<Reference> untagged = new ArrayList<>();
        List<Digest> deleted = new ArrayList<>();
        for (StoredImage image : catalog.list()) {
            if ((named || image.names().isEmpty()) && !used.test(image.id())) {
                names.change(entries -> after(entries, image, image.names(), true));
                untagged.addAll(image.names());
                deleted.add(image.id());
            }
        }
        return new Removal(untagged, deleted, sweep());
    }

    /**
     * Deletes blobs and layers no entry of the table leads to.
     *
     * @return the bytes of the blobs; 0 if somebody holds everything, it is done later then
     */
    private synchronized long sweep() throws IOException {
        Optional<FolderLock> alone = FolderLock.tryExclusive(lockFile);
        sweepWanted = alone.isEmpty();
        if (alone.isEmpty()) {
            return 0;
        }
        try (FolderLock _ = alone.get()) {
            return sweepAlone();
        }
    }

    private long sweepAlone() throws IOException {
        Set<Digest> neededBlobs = new HashSet<>();
        Set<Digest> neededChains = new HashSet<>();
        for (NameTable.Entry entry : names.entries()) {
            neededBlobs.add(entry.manifest().digest());
            Optional<StoredImage> readable = readable(entry);
            if (readable.isEmpty()) {
                continue;
            }
            StoredImage image = readable.get();
            neededBlobs.add(image.descriptor().digest());
            neededBlobs.add(image.id());
            image.manifest().layers().stream().map(Descriptor::digest).forEach(neededBlobs::add);
            neededChains.addAll(image.config().chainIds());
        }
        long freedBytes = 0;
        for (Digest blob : blobs.list()) {
            if (!neededBlobs.contains(blob)) {
                long sizeBytes = blobs.sizeBytes(blob);
                freedBytes += blobs.delete(blob) ? sizeBytes : 0;
                catalog.forget(blob);
            }
        }
        layers.retain(neededChains);
        return freedBytes;
    }

    /** Empty for an image that is damaged for good; an error of the moment is thrown. */
    private Optional<StoredImage> readable(NameTable.Entry entry) throws IOException {
        try {
            return Optional.of(catalog.read(entry.manifest()));
        } catch (ImageException malformed) {
            return Optional.empty();
        } catch (BlobException e) {
            return switch (e.reason()) {
                case MISSING, WRONG_LENGTH, WRONG_DIGEST -> Optional.empty();
                case DISK_FULL, UNREADABLE, CLOSED -> throw e;
            };
        }
    }
}

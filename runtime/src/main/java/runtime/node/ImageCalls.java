package runtime.node;

import api.node.Chunk;
import api.node.HistoryEntry;
import api.node.HistoryImageResponse;
import api.node.ImageFromHostRequest;
import api.node.ImageReply;
import api.node.ImageSummary;
import api.node.ImportOptions;
import api.node.InspectImageResponse;
import api.node.ListImagesRequest;
import api.node.ListImagesResponse;
import api.node.PruneImagesRequest;
import api.node.PruneImagesResponse;
import api.node.PullImageRequest;
import api.node.PushImageRequest;
import api.node.Reason;
import api.node.RemoveImageRequest;
import api.node.RemoveImageResponse;
import api.node.SaveImageRequest;
import api.node.TagImageRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import runtime.container.Containers;
import runtime.event.PruneFilter;
import runtime.image.Digest;
import runtime.image.ImageChanges;
import runtime.image.ImageConfig;
import runtime.image.ImageDefaults;
import runtime.image.ImageFormatException;
import runtime.image.Reference;
import runtime.registry.RegistryClient;
import runtime.store.ImageStore;
import runtime.store.Progress;
import runtime.store.StoredImage;
import runtime.trace.Phase;
import runtime.trace.Trail;

/** The calls about images. */
final class ImageCalls {
    private final ImageStore store;
    private final RegistryClient registry;
    private final ImagePulls pulls;
    private final Containers containers;

    ImageCalls(ImageStore store, RegistryClient registry, ImagePulls pulls,
            Containers containers) {
        this.store = store;
        this.registry = registry;
        this.pulls = pulls;
        this.containers = containers;
    }

    private static ProgressReplies<ImageReply> progress(ReplyStream<ImageReply> replies) {
        return new ProgressReplies<>(replies,
                progress -> ImageReply.newBuilder().setProgress(progress).build());
    }

    private void reply(ReplyStream<ImageReply> replies, StoredImage image)
            throws InterruptedException {
        replies.send(ImageReply.newBuilder().setImage(summary(image)).build());
    }

    /** Ends when its client goes; what was fetched so far is kept for the next try. */
    void pull(PullImageRequest request, ReplyStream<ImageReply> replies) throws Exception {
        replies.onGone(Thread.currentThread()::interrupt);
        ProgressReplies<ImageReply> progress = progress(replies);
        StoredImage image = pulls.pull(request.getImage(), request.getPlatform(),
                request.getAuth(), progress);
        try (Phase phase = Trail.phase("image.prepare");
                LayerSpans layers = new LayerSpans(phase.span(), progress)) {
            store.prepare(image, layers);
            phase.done();
        }
        reply(replies, image);
    }

    void push(PushImageRequest request, ReplyStream<ImageReply> replies) throws Exception {
        Reference reference = ImagePulls.reference(request.getImage());
        StoredImage image = store.get(request.getImage());
        try (Phase phase = Trail.phase("image.push");
                LayerSpans layers = new LayerSpans(phase.span(), progress(replies))) {
            phase.span().set("container.image.name", reference.familiar());
            registry.push(reference, image.descriptor(),
                    ImagePulls.credentials(request.getAuth(), reference), store.blobs(), layers,
                    image.names());
            phase.done();
        }
        pulls.tell("push", reference.familiar(), reference.familiar(), image);
        reply(replies, image);
    }

    void load(InputStream archive, ReplyStream<ImageReply> replies) throws Exception {
        for (StoredImage image : loaded(archive, progress(replies))) {
            tell("load", image);
            reply(replies, image);
        }
    }

    private List<StoredImage> loaded(InputStream archive, Progress progress) throws IOException {
        try (Phase phase = Trail.phase("image.load");
                LayerSpans layers = new LayerSpans(phase.span(), progress)) {
            List<StoredImage> images = store.load(archive, layers);
            phase.done();
            return images;
        }
    }

    void importTar(ImportOptions options, InputStream tar, ReplyStream<ImageReply> replies)
            throws Exception {
        if (options.getReference().isEmpty()) {
            throw Failures.of(Reason.INVALID_OPTION, "import needs a name for the image",
                    OptionalInt.empty());
        }
        StoredImage image = store.importRootFilesystem(tar,
                ImagePulls.reference(options.getReference()),
                new ImageStore.Imported(changed(options.getChangesList()),
                        ImagePulls.platform(options.getPlatform()), options.getMessage()),
                progress(replies));
        tell("import", image);
        reply(replies, image);
    }

    /** An event of an image by its first name. */
    private void tell(String action, StoredImage image) {
        pulls.tell(action, image.id().toString(), image.names().isEmpty()
                ? image.id().toString() : image.names().getFirst().familiar(), image);
    }

    private static ImageDefaults changed(List<String> changes) {
        try {
            return ImageChanges.apply(ImageDefaults.NONE, changes);
        } catch (ImageFormatException e) {
            throw Failures.of(Reason.INVALID_OPTION, "import " + e.getMessage(),
                    OptionalInt.empty());
        }
    }

    void fromHost(ImageFromHostRequest request, ReplyStream<ImageReply> replies)
            throws Exception {
        String name = request.getReference().isEmpty()
                ? ImagePulls.HOST_IMAGE : request.getReference();
        StoredImage image =
                store.fromHost(request.getProgramsList(), ImagePulls.reference(name));
        tell("import", image);
        reply(replies, image);
    }

    void save(SaveImageRequest request, ReplyStream<Chunk> replies) throws Exception {
        try (OutputStream out = ChunkStream.buffered(replies)) {
            store.save(request.getImagesList(), out);
        }
        for (String name : request.getImagesList()) {
            store.find(name).ifPresent(image -> tell("save", image));
        }
    }

    ListImagesResponse list(ListImagesRequest request) throws IOException {
        ImageFilters filters = new ImageFilters(request.getFiltersList(), store);
        ListImagesResponse.Builder response = ListImagesResponse.newBuilder();
        List<StoredImage> images = new ArrayList<>(store.list());
        images.sort(Comparator.comparing(StoredImage::created).reversed());
        for (StoredImage image : images) {
            boolean shown = request.getAll() || !image.names().isEmpty()
                    || filters.namesDangling();
            if (shown && filters.accept(image)) {
                response.addImages(summary(image));
            }
        }
        return response.build();
    }

    ImageSummary summary(StoredImage image) {
        ImageSummary.Builder summary = ImageSummary.newBuilder()
                .setId(image.id().toString())
                .setCreatedUnixNanos(image.created().getEpochSecond() == 0 ? 0
                        : ReplyTranslation.nanos(image.created()))
                .setSizeBytes(image.sizeBytes())
                .setBlobBytes(image.sizeBytes())
                .putAllLabels(image.config().defaults().labels())
                .setPlatform(image.config().platform().toString())
                .setLayers(image.config().diffIds().size())
                .setContainers((int) containers.list().stream()
                        .filter(each -> each.imageId().equals(image.id().toString())).count());
        for (Reference name : image.names()) {
            if (name.tag().isPresent()) {
                summary.addTags(name.familiar());
            }
            summary.addDigests(name.familiarName() + "@" + image.descriptor().digest());
        }
        return summary.build();
    }

    InspectImageResponse inspect(String name) throws IOException {
        StoredImage image = store.get(name);
        return InspectImageResponse.newBuilder().setSummary(summary(image))
                .setJson(ImageJson.of(image)).build();
    }

    RemoveImageResponse remove(RemoveImageRequest request) throws IOException {
        Set<String> used = containers.imagesInUse();
        ImageStore.Removal removal = store.remove(request.getImage(), request.getForce(),
                id -> used.contains(id.toString()));
        tell(removal);
        return RemoveImageResponse.newBuilder()
                .addAllUntagged(removal.untagged().stream().map(Reference::familiar).toList())
                .addAllDeleted(removal.deleted().stream().map(Digest::toString).toList())
                .build();
    }

    private void tell(ImageStore.Removal removal) {
        removal.untagged().forEach(name -> pulls.tell("untag", name.familiar()));
        removal.deleted().forEach(digest -> pulls.tell("delete", digest.toString()));
    }

    void tag(TagImageRequest request) throws IOException {
        Reference name = ImagePulls.reference(request.getReference());
        StoredImage image = store.tag(request.getImage(), name);
        pulls.tell("tag", image.id().toString(), name.familiar(), image);
    }

    HistoryImageResponse history(String name) throws IOException {
        StoredImage image = store.get(name);
        HistoryImageResponse.Builder response = HistoryImageResponse.newBuilder();
        List<ImageConfig.History> steps = image.config().history();
        int layer = image.manifest().layers().size();
        for (ImageConfig.History step : steps.reversed()) {
            HistoryEntry.Builder entry = HistoryEntry.newBuilder()
                    .setCreatedBy(step.createdBy()).setComment(step.comment());
            step.created().ifPresent(
                    time -> entry.setCreatedUnixNanos(ReplyTranslation.nanos(time)));
            if (!step.emptyLayer() && layer > 0) {
                entry.setSizeBytes(image.manifest().layers().get(--layer).sizeBytes());
            }
            if (response.getEntriesCount() == 0) {
                entry.setId(image.id().toString());
                image.names().forEach(tag -> entry.addTags(tag.familiar()));
            }
            response.addEntries(entry);
        }
        return response.build();
    }

    PruneImagesResponse prune(PruneImagesRequest request) throws IOException {
        PruneFilter filter = EventTranslation.pruneFilter(request.getFiltersList());
        Set<String> used = new HashSet<>(containers.imagesInUse());
        for (StoredImage image : store.list()) {
            if (!filter.accepts(image.created(), image.config().defaults().labels())) {
                used.add(image.id().toString());
            }
        }
        ImageStore.Removal removal =
                store.prune(request.getAll(), id -> used.contains(id.toString()));
        tell(removal);
        return PruneImagesResponse.newBuilder()
                .addAllUntagged(removal.untagged().stream().map(Reference::familiar).toList())
                .addAllDeleted(removal.deleted().stream().map(Digest::toString).toList())
                .setReclaimedBytes(removal.freedBytes())
                .build();
    }
}

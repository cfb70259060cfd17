package runtime.node;

import java.io.IOException;
import runtime.container.ContainerException;
import runtime.container.ContainerImages;
import runtime.store.ImageException;
import runtime.store.ImageStore;
import runtime.store.Progress;
import runtime.store.RootFilesystem;
import runtime.store.StoredImage;
import runtime.trace.Phase;
import runtime.trace.Trail;

/** The image store as the containers' lifecycle sees it. */
final class StoredImages implements ContainerImages {
    private final ImageStore store;

    StoredImages(ImageStore store) {
        this.store = store;
    }

    @Override
    public Image open(String name) throws ContainerException, IOException {
        return open(name, Progress.SILENT);
    }

    private Image open(String name, Progress progress) throws ContainerException, IOException {
        return open(() -> store.get(name), progress);
    }

    /** An image that was found already. */
    Image open(StoredImage image, Progress progress) throws ContainerException, IOException {
        return open(() -> image, progress);
    }

    private interface Source {
        StoredImage get() throws IOException;
    }

    private Image open(Source source, Progress progress) throws ContainerException, IOException {
        try (Phase phase = Trail.phase("image.prepare");
                LayerSpans layers = new LayerSpans(phase.span(), progress)) {
            StoredImage image = source.get();
            RootFilesystem root = store.prepare(image, layers);
            phase.done();
            return new Image(image.id().toString(), image.config().defaults(),
                    root.lowerDirectoriesTopFirst());
        } catch (ImageException failure) {
            ContainerException.Reason reason = switch (failure.reason()) {
                case NOT_FOUND -> ContainerException.Reason.IMAGE_NOT_FOUND;
                case AMBIGUOUS -> ContainerException.Reason.AMBIGUOUS_NAME;
                case DISK_FULL -> ContainerException.Reason.NO_SPACE;
                case IN_USE, MALFORMED, LIMIT, WRONG_DIGEST, HOST -> throw failure;
            };
            throw new ContainerException(reason, failure.getMessage(), 125, failure);
        }
    }
}

package runtime.node;

import api.node.PullPolicy;
import api.node.Reason;
import api.node.RegistryAuth;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import linux.abi.Architecture;
import runtime.event.Event;
import runtime.event.EventSink;
import runtime.image.ImageFormatException;
import runtime.image.Platform;
import runtime.image.Reference;
import runtime.registry.Credentials;
import runtime.registry.PulledManifest;
import runtime.registry.RegistryClient;
import runtime.registry.RegistryException;
import runtime.store.ImageStore;
import runtime.store.Progress;
import runtime.store.StoredImage;
import runtime.trace.Phase;
import runtime.trace.Trail;

/** Gets images into the store: from a registry, or made of the host's own programs. */
final class ImagePulls {
    /** The image that is made on first use, so that a first run works without a registry. */
    static final String HOST_IMAGE = "host";

    private final ImageStore store;
    private final RegistryClient registry;
    private final EventSink events;

    ImagePulls(ImageStore store, RegistryClient registry, EventSink events) {
        this.store = store;
        this.registry = registry;
        this.events = events;
    }

    /**
     * Makes sure that an image is stored, as the pull policy has it.
     *
     * @param tell is told what is done, in sentences
     * @return the image
     */
    StoredImage ensure(String image, PullPolicy policy, String platform, RegistryAuth auth,
            Progress progress, java.util.function.Consumer<String> tell)
            throws RegistryException, IOException, InterruptedException {
        if (image.isEmpty()) {
            throw Failures.of(Reason.INVALID_OPTION, "no image given", OptionalInt.of(125));
        }
        Optional<StoredImage> found = store.find(image);
        boolean stored = found.isPresent();
        if (stored && policy != PullPolicy.ALWAYS) {
            return found.get();
        }
        if (isHostImage(image)) {
            if (!stored) {
                tell.accept("Making the image 'host' of this machine's own programs");
                StoredImage made = store.fromHost(java.util.List.of(), reference(HOST_IMAGE));
                tell("import", made.id().toString(), HOST_IMAGE + ":latest", made);
                return made;
            }
            return found.get();
        }
        if (policy == PullPolicy.NEVER) {
            throw Failures.of(Reason.IMAGE_NOT_FOUND, "image " + image
                    + " is not stored here and --pull=never forbids fetching it",
                    OptionalInt.of(125));
        }
        if (!stored) {
            tell.accept("Unable to find image '" + image + "' locally");
        }
        return pull(image, platform, auth, progress);
    }

    private static boolean isHostImage(String image) {
        return image.equals(HOST_IMAGE) || image.equals(HOST_IMAGE + ":latest");
    }

    /** Fetches an image and gives it its name. */
    StoredImage pull(String image, String platform, RegistryAuth auth, Progress progress)
            throws RegistryException, IOException, InterruptedException {
        Reference reference = reference(image);
        try (ImageStore.Hold _ = store.hold(); Phase phase = Trail.phase("image.pull");
                LayerSpans layers = new LayerSpans(phase.span(), progress)) {
            phase.span().set("container.image.name", reference.familiar());
            PulledManifest pulled = registry.pull(reference, platform(platform),
                    credentials(auth, reference), store.blobs(), layers);
            StoredImage pulledImage = store.add(reference, pulled.descriptor());
            tell("pull", reference.familiar(), reference.familiar(), pulledImage);
            phase.done();
            return pulledImage;
        }
    }

    /** Something has happened to an image; {@code id} is its own or a name, as docker has it. */
    void tell(String action, String id, String name, StoredImage image) {
        Map<String, String> attributes = new HashMap<>(image.config().defaults().labels());
        attributes.put("name", name);
        events.tell(Event.Type.IMAGE, action, id, attributes);
    }

    /** The same for an image that is no more. */
    void tell(String action, String id) {
        events.tell(Event.Type.IMAGE, action, id, Map.of("name", id));
    }

    /** A reference a client gave. */
    static Reference reference(String text) {
        try {
            return Reference.parse(text);
        } catch (ImageFormatException malformed) {
            throw Failures.of(Reason.INVALID_OPTION, malformed.getMessage(), OptionalInt.of(125));
        }
    }

    /** A platform a client gave; this machine's if empty. */
    static Platform platform(String text) {
        try {
            return text.isEmpty() ? Platform.linux(
                    Architecture.ofJvm(System.getProperty("os.arch")).imageName())
                    : Platform.parse(text);
        } catch (ImageFormatException malformed) {
            throw Failures.of(Reason.INVALID_OPTION, malformed.getMessage(), OptionalInt.of(125));
        }
    }

    /** What a client logs in with; nothing if it gave nothing, or for another registry than the image's. */
    static Optional<Credentials> credentials(RegistryAuth auth, Reference reference) {
        if (!auth.getRegistry().isEmpty() && !auth.getRegistry().equals(reference.registry())) {
            return Optional.empty();
        }
        if (!auth.getIdentityToken().isEmpty()) {
            return Optional.of(new Credentials.IdentityToken(auth.getIdentityToken()));
        }
        return auth.getUsername().isEmpty() ? Optional.empty()
                : Optional.of(new Credentials.Login(auth.getUsername(), auth.getPassword()));
    }
}

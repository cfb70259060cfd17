package runtime.node;

import api.node.CommitContainerRequest;
import api.node.CommitContainerResponse;
import api.node.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import runtime.container.ContainerOptions;
import runtime.container.ContainerRecord;
import runtime.container.Containers;
import runtime.container.HostCgroups;
import runtime.files.LayerDiff;
import runtime.files.TreeArchive;
import runtime.image.ImageChanges;
import runtime.image.ImageDefaults;
import runtime.image.ImageFormatException;
import runtime.image.Reference;
import runtime.store.ImageStore;
import runtime.store.StoredImage;

/** CommitContainer: an image of a container's image, what it changed and what it runs. */
final class CommitCall {
    private final ContainerViews views;
    private final ImageStore store;
    private final Containers containers;
    private final HostCgroups cgroups;

    CommitCall(ContainerViews views, ImageStore store, Containers containers,
            HostCgroups cgroups) {
        this.containers = containers;
        this.views = views;
        this.store = store;
        this.cgroups = cgroups;
    }

    CommitContainerResponse commit(CommitContainerRequest request) throws Exception {
        Optional<Reference> name = request.getReference().isEmpty() ? Optional.empty()
                : Optional.of(ImagePulls.reference(request.getReference()));
        return views.upper(request.getContainer(), (record, upper, diff) -> {
            StoredImage base = store.get(record.imageId());
            ImageDefaults defaults = changed(
                    defaults(record, base.config().defaults()), request.getChangesList());
            try (Frozen _ = request.getNoPause() ? Frozen.notAtAll()
                    : Frozen.of(record, containers, cgroups)) {
                List<LayerDiff.Change> changes = diff.changes(upper);
                StoredImage image = store.commit(record.imageId(), out -> {
                    try (TreeArchive layer =
                            TreeArchive.ofRoot(out, ContainerViews.ids(record))) {
                        LayerDiff.write(changes, upper, layer);
                    }
                }, new ImageStore.Committed(defaults, request.getAuthor(), request.getMessage(),
                        String.join(" ", record.command())), name);
                return CommitContainerResponse.newBuilder()
                        .setImageId(image.id().toString()).build();
            }
        });
    }

    private static ImageDefaults changed(ImageDefaults base, List<String> changes) {
        try {
            return ImageChanges.apply(base, changes);
        } catch (ImageFormatException e) {
            throw Failures.of(Reason.INVALID_OPTION, "commit " + e.getMessage(),
                    OptionalInt.empty());
        }
    }

    /** What the container was told to run is what the image runs. */
    static ImageDefaults defaults(ContainerRecord record, ImageDefaults image) {
        ContainerOptions options = record.options();
        List<String> command = !options.args().isEmpty() ? options.args()
                : options.entrypoint().isPresent() ? List.of() : image.command();
        return new ImageDefaults(or(options.user(), image.user()), image.exposedPorts(),
                environment(image.environment(), options.env()),
                options.entrypoint().orElse(image.entrypoint()), command, image.volumes(),
                or(options.workingFolder(), image.workingFolder()), record.labels(),
                or(options.stopSignal(), image.stopSignal()), image.healthCheck(), image.shell());
    }

    private static String or(String given, String otherwise) {
        return given.isEmpty() ? otherwise : given;
    }

    private static List<String> environment(List<String> image, List<String> given) {
        Map<String, String> values = new LinkedHashMap<>();
        for (List<String> entries : List.of(image, given)) {
            for (String entry : entries) {
                int equals = entry.indexOf('=');
                if (equals > 0) {
                    values.put(entry.substring(0, equals), entry.substring(equals + 1));
                } else {
                    values.remove(entry);
                }
            }
        }
        List<String> environment = new ArrayList<>();
        values.forEach((name, value) -> environment.add(name + "=" + value));
        return environment;
    }
}

package cli.command;

import api.node.ContainerState;
import api.node.ContainerSummary;
import api.node.DiskUsageRequest;
import api.node.DiskUsageResponse;
import api.node.ImageSummary;
import api.node.ImageUse;
import api.node.VolumeUse;
import cli.render.Json;
import cli.render.Sizes;
import cli.render.Yaml;
import cli.transport.CallException;
import cli.wire.MessageReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shows what images, containers and volumes take on disk. */
final class SystemUsageCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("system df", "Show what takes space on disk")
                .flag('v', "verbose", "Show each image, container and volume")
                .value("format", "string", "\"table\", \"json\", or a template like {{.Size}}")
                .value('o', "output", "string", "\"json\", \"yaml\" or \"table\"");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        DiskUsageResponse usage;
        try (NodeClient client = NodeClient.connect(console)) {
            usage = client.unary("DiskUsage", DiskUsageRequest.getDefaultInstance(),
                    DiskUsageResponse.parser());
        }
        for (String warning : usage.getWarningsList()) {
            console.say("jctl: " + warning);
        }
        if (!arguments.isOn("verbose")) {
            summary().print(rows(usage), arguments, console);
            return 0;
        }
        long now = System.currentTimeMillis() * 1_000_000L;
        if (arguments.has("format") && !arguments.value("format").startsWith("table")
                || arguments.value("output").equals("json")
                || arguments.value("output").equals("yaml")) {
            whole(usage, now, arguments, console);
            return 0;
        }
        section("Images space usage:\n\n", images(), imageRows(usage, now), arguments, console);
        section("\nContainers space usage:\n\n", containers(), containerRows(usage, now),
                arguments, console);
        section("\nLocal Volumes space usage:\n\n", volumes(), volumeRows(usage), arguments,
                console);
        return 0;
    }

    /** All parts as one object, as docker has it for programs. */
    private static void whole(DiskUsageResponse usage, long now, Arguments arguments,
            Console console) throws UsageException, IOException {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("Images", new ArrayList<>(Listing.data(imageRows(usage, now))));
        all.put("Containers", new ArrayList<>(Listing.data(containerRows(usage, now))));
        all.put("Volumes", new ArrayList<>(Listing.data(volumeRows(usage))));
        all.put("BuildCache", new ArrayList<>());
        switch (arguments.value("output")) {
            case "json" -> console.println(Json.indented(all));
            case "yaml" -> console.print(Yaml.text(all));
            default -> InspectCommand.printValues(List.of(all), arguments, console);
        }
    }

    private static void section(String heading, Listing listing, List<Map<String, Object>> rows,
            Arguments arguments, Console console) throws UsageException, IOException {
        if (!arguments.has("format") && !arguments.has("output")) {
            console.print(heading);
        }
        listing.print(rows, arguments, console);
    }

    private static Listing summary() {
        return new Listing("Type",
                new Listing.Column("TYPE", "Type", false),
                new Listing.Column("TOTAL", "TotalCount", false),
                new Listing.Column("ACTIVE", "Active", false),
                new Listing.Column("SIZE", "Size", false),
                new Listing.Column("RECLAIMABLE", "Reclaimable", false));
    }

    private static List<Map<String, Object>> rows(DiskUsageResponse usage) {
        int activeImages = 0;
        for (ImageUse use : usage.getImagesList()) {
            activeImages += use.getImage().getContainers() > 0 ? 1 : 0;
        }
        int running = 0;
        long containerBytes = 0;
        long restingBytes = 0;
        for (ContainerSummary container : usage.getContainersList()) {
            containerBytes += container.getSizeBytes();
            if (isAlive(container)) {
                running++;
            } else {
                restingBytes += container.getSizeBytes();
            }
        }
        int usedVolumes = 0;
        long volumeBytes = 0;
        long unusedBytes = 0;
        for (VolumeUse volume : usage.getVolumesList()) {
            volumeBytes += volume.getSizeBytes();
            usedVolumes += volume.getContainers() > 0 ? 1 : 0;
            unusedBytes += volume.getContainers() > 0 ? 0 : volume.getSizeBytes();
        }
        return List.of(
                row("Images", usage.getImagesCount(), activeImages, usage.getImageBytes(),
                        usage.getReclaimableImageBytes()),
                row("Containers", usage.getContainersCount(), running, containerBytes,
                        restingBytes),
                row("Local Volumes", usage.getVolumesCount(), usedVolumes, volumeBytes,
                        unusedBytes),
                row("Build Cache", 0, 0, 0, 0));
    }

    private static boolean isAlive(ContainerSummary container) {
        return container.getState() == ContainerState.RUNNING
                || container.getState() == ContainerState.PAUSED;
    }

    private static Map<String, Object> row(String type, int total, int active, long bytes,
            long reclaimableBytes) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("Type", type);
        row.put("TotalCount", Integer.toString(total));
        row.put("Active", Integer.toString(active));
        row.put("Size", Sizes.decimal(bytes));
        row.put("Reclaimable", Sizes.decimal(reclaimableBytes)
                + (bytes == 0 ? "" : " (" + reclaimableBytes * 100 / bytes + "%)"));
        return row;
    }

    private static Listing images() {
        return new Listing("ID",
                new Listing.Column("REPOSITORY", "Repository", false),
                new Listing.Column("TAG", "Tag", false),
                new Listing.Column("IMAGE ID", "ID", false),
                new Listing.Column("CREATED", "CreatedSince", false),
                new Listing.Column("SIZE", "Size", false),
                new Listing.Column("SHARED SIZE", "SharedSize", false),
                new Listing.Column("UNIQUE SIZE", "UniqueSize", false),
                new Listing.Column("CONTAINERS", "Containers", false));
    }

    private static List<Map<String, Object>> imageRows(DiskUsageResponse usage, long now) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (ImageUse use : usage.getImagesList()) {
            ImageSummary image = use.getImage();
            Map<String, Object> row = ImageListCommand.row(image,
                    image.getTagsCount() == 0 ? "" : image.getTags(0), now, true, true);
            row.put("Size", Sizes.decimal(use.getSharedBytes() + use.getUniqueBytes()));
            row.put("SharedSize", Sizes.decimal(use.getSharedBytes()));
            row.put("UniqueSize", Sizes.decimal(use.getUniqueBytes()));
            row.put("Containers", Integer.toString(image.getContainers()));
            rows.add(row);
        }
        return rows;
    }

    private static Listing containers() {
        return new Listing("ID",
                new Listing.Column("CONTAINER ID", "ID", false),
                new Listing.Column("IMAGE", "Image", false),
                new Listing.Column("COMMAND", "Command", false),
                new Listing.Column("SIZE", "Size", false),
                new Listing.Column("CREATED", "RunningFor", false),
                new Listing.Column("STATE", "State", false),
                new Listing.Column("NAMES", "Names", false));
    }

    private static List<Map<String, Object>> containerRows(DiskUsageResponse usage, long now)
            throws IOException {
        Map<String, Integer> volumes = new HashMap<>();
        for (VolumeUse volume : usage.getVolumesList()) {
            volume.getVolume().getContainersList()
                    .forEach(container -> volumes.merge(container, 1, Integer::sum));
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        for (ContainerSummary container : usage.getContainersList()) {
            Map<String, Object> row = ListCommand.row(ListedContainer.read(
                    new MessageReader(container.toByteArray())), now, true, true, true);
            row.put("Size", Sizes.decimal(container.getSizeBytes()));
            row.put("LocalVolumes",
                    Integer.toString(volumes.getOrDefault(container.getName(), 0)));
            rows.add(row);
        }
        return rows;
    }

    private static Listing volumes() {
        return new Listing("Name",
                new Listing.Column("VOLUME NAME", "Name", false),
                new Listing.Column("LINKS", "Links", false),
                new Listing.Column("SIZE", "Size", false));
    }

    private static List<Map<String, Object>> volumeRows(DiskUsageResponse usage) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (VolumeUse volume : usage.getVolumesList()) {
            Map<String, Object> row = VolumeListCommand.row(volume.getVolume());
            row.put("Name", volume.getName());
            row.put("Links", Integer.toString(volume.getContainers()));
            row.put("Size", Sizes.decimal(volume.getSizeBytes()));
            rows.add(row);
        }
        return rows;
    }
}

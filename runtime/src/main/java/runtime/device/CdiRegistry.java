package runtime.device;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import runtime.device.CdiSpec.CdiDevice;

/** The devices that the files in some folders describe. A later folder has precedence. */
public final class CdiRegistry {
    /**
     * What a folder holds.
     *
     * @param path     of the folder
     * @param specs    of its files that can be read
     * @param problems of the others, a sentence each that names the file
     */
    public record Folder(String path, List<CdiSpec> specs, List<String> problems) {
        public Folder {
            specs = List.copyOf(specs);
            problems = List.copyOf(problems);
        }
    }

    /** A device and the file it is described in. */
    public record Known(CdiName name, CdiSpec spec, CdiDevice device) {}

    private final List<Folder> folders;
    /** More than one where two files of a folder describe the same device. */
    private final Map<CdiName, List<Known>> devices = new TreeMap<>();

    /** The devices of these folders, the one with the least precedence first. */
    public CdiRegistry(List<Folder> folders) {
        this.folders = List.copyOf(folders);
        for (Folder folder : folders) {
            devices.putAll(folder.specs().stream()
                    .flatMap(spec -> spec.devices().stream().map(device -> known(spec, device)))
                    .collect(Collectors.groupingBy(Known::name)));
        }
    }

    private static Known known(CdiSpec spec, CdiDevice device) {
        int slash = spec.kind().indexOf('/');
        return new Known(new CdiName(spec.kind().substring(0, slash),
                spec.kind().substring(slash + 1), device.name()), spec, device);
    }

    /** Every device that can be had, by name. */
    public List<Known> devices() {
        return devices.values().stream().filter(each -> each.size() == 1)
                .map(List::getFirst).toList();
    }

    /** Where devices are looked for. */
    public List<String> folders() {
        return folders.stream().map(Folder::path).toList();
    }

    /** Files that cannot be read and devices that are described twice, a sentence each. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        folders.forEach(folder -> problems.addAll(folder.problems()));
        devices.values().stream().filter(each -> each.size() > 1)
                .forEach(each -> problems.add(conflict(each)));
        return problems;
    }

    private static String conflict(List<Known> twice) {
        return "device " + twice.getFirst().name() + " is described by both "
                + twice.stream().map(each -> each.spec().file()).sorted()
                        .collect(Collectors.joining(" and "))
                + ": remove it from one of them";
    }

    /**
     * What these devices change in a container, in order: for each its file's own edits, unless an
     * earlier one brought them, then the device's.
     *
     * @throws DeviceException naming every device that cannot be had and why
     */
    public List<ContainerEdits> edits(List<CdiName> wanted) throws DeviceException {
        List<String> problems = new ArrayList<>();
        Set<CdiName> unknown = new LinkedHashSet<>();
        Map<String, ContainerEdits> edits = new LinkedHashMap<>();
        for (CdiName name : wanted) {
            List<Known> found = devices.getOrDefault(name, List.of());
            if (found.isEmpty()) {
                unknown.add(name);
            } else if (found.size() > 1) {
                problems.add(conflict(found));
            } else {
                Known known = found.getFirst();
                edits.putIfAbsent(known.spec().file(), known.spec().edits());
                edits.putIfAbsent(name.toString(), known.device().edits());
            }
        }
        if (!unknown.isEmpty()) {
            problems.addFirst(unknown(unknown));
        }
        if (!problems.isEmpty()) {
            throw new DeviceException(String.join("; ", problems));
        }
        return List.copyOf(edits.values());
    }

    private String unknown(Set<CdiName> names) {
        String text = "no CDI spec in " + String.join(" or ", folders()) + " describes the device "
                + names.stream().map(CdiName::toString).collect(Collectors.joining(", "))
                + "; `jctl device ls` shows those there are";
        List<String> unread = folders.stream().flatMap(each -> each.problems().stream()).toList();
        return unread.isEmpty() ? text
                : text + ". Some files cannot be read: " + String.join("; ", unread);
    }
}

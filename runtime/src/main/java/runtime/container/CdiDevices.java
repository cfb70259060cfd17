package runtime.container;

import static runtime.container.ContainerException.Reason.INVALID_OPTION;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import runtime.container.ContainerOptions.DeviceOption;
import runtime.device.CdiInjection;
import runtime.device.CdiName;
import runtime.device.CdiRegistry;
import runtime.device.ContainerEdits;
import runtime.device.DeviceException;
import runtime.device.GpuRequest;
import runtime.spec.ContainerSpec;

/** The CDI devices a user asked for, in a container's spec. */
final class CdiDevices {
    private CdiDevices() {}

    /**
     * The spec with them; no file is read if there are none.
     *
     * @throws ContainerException with reason INVALID_OPTION if one cannot be had
     */
    static ContainerSpec added(ContainerSpec spec, List<DeviceOption> options, DeviceSpecs specs)
            throws ContainerException, IOException {
        if (options.stream().allMatch(DeviceOption::isFile)) {
            return spec;
        }
        try {
            CdiRegistry registry = specs.read();
            return CdiInjection.apply(spec, registry.edits(names(options, registry)),
                    CdiDevices::look);
        } catch (DeviceException refused) {
            throw new ContainerException(INVALID_OPTION, refused.getMessage(), 125, refused);
        }
    }

    /**
     * A spec with what plug-ins have given for one run of its container.
     *
     * @throws ContainerException with reason START_FAILED if it cannot be done
     */
    static ContainerSpec equipped(ContainerSpec spec, DevicePlugins.Equipment equipment, DeviceSpecs specs) throws ContainerException, IOException {
        try {
            List<ContainerEdits> edits = new ArrayList<>(equipment.edits());
            if (!equipment.cdi().isEmpty()) {
                edits.addAll(specs.read().edits(equipment.cdi()));
            }
            Map<String, String> annotations = new TreeMap<>(spec.annotations());
            annotations.putAll(equipment.annotations());
            ContainerSpec changed = CdiInjection.apply(spec, edits, CdiDevices::look);
            return new ContainerSpec(changed.ociVersion(), changed.process(), changed.root(), changed.hostname(), changed.domainname(),
                    changed.mounts(), changed.hooks(), annotations, changed.linux());
        } catch (DeviceException refused) {
            throw new ContainerException(ContainerException.Reason.START_FAILED, refused.getMessage(), 125, refused);
        }
    }

    private static List<CdiName> names(List<DeviceOption> options, CdiRegistry registry)
            throws DeviceException {
        List<CdiName> names = new ArrayList<>();
        for (DeviceOption option : options) {
            if (!option.cdiName().isEmpty()) {
                names.add(CdiName.parse(option.cdiName()).orElseThrow(() -> new DeviceException(
                        "--device " + option.cdiName() + ": expected vendor.com/class=name")));
            } else if (!option.gpus().isEmpty()) {
                names.addAll(GpuRequest.parse(option.gpus()).names(registry));
            }
        }
        return names;
    }

    private static CdiInjection.HostNode look(String path) throws DeviceException {
        try {
            HostDevice device = HostDevice.at(path);
            return new CdiInjection.HostNode(device.isBlock() ? "b" : "c", device.major(),
                    device.minor(), device.mode());
        } catch (ContainerException absent) {
            throw new DeviceException("the CDI spec names a device that is not here: "
                    + absent.getMessage());
        }
    }
}

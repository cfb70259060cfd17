package runtime.container;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import runtime.cgroup.LimitOptions;
import runtime.image.ImageDefaults;
import runtime.plan.LaunchPlan;
import runtime.plan.PlanInput;
import runtime.spec.ContainerSpec;

/**
 * Makes the plan a start would follow, and nothing else: no folder, no cgroup, no address. Works in the
 * daemon and, without one and without root, from what {@code /proc} tells ({@link #withoutDaemon}).
 *
 * @param images         where the image is looked up
 * @param network        asked for the messages that would wire it to the networks asked for
 * @param userNamespaces whether containers get one unless told otherwise
 * @param data           {@code D/containers}
 * @param run            {@code R/containers}
 * @param devices        CDI devices of the host
 */
public record Explainer(
        ContainerImages images,
        ContainerNetwork network,
        PlanMaker plans,
        SystemCallFilters filters,
        ContainerCgroups cgroups,
        LimitOptions.Machine machine,
        boolean userNamespaces,
        Path data,
        Path run,
        DeviceSpecs devices) {
    /** Stands for the id a container would get. */
    private static final String ID =
            "e1a10000000000000000000000000000000000000000000000000000000000e1";
    private static final PlanInput.Lease LEASE = new PlanInput.Lease(1_000_000_000_000L, 2_000);
    private static final long USER_RANGE = 1 << 20;
    private static final String PATH =
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /**
     * One for a caller that has no daemon: the image is not looked up but taken to be one layer with
     * docker's usual PATH.
     *
     * @param cgroupParent the cgroup a daemon with these folders would use
     */
    public static Explainer withoutDaemon(
            Path data, Path run, String cgroupParent, ContainerNetwork network) throws IOException {
        HostCgroups cgroups = HostCgroups.asSeen(cgroupParent);
        HostPlans plans = HostPlans.makingNothing(cgroups, run);
        ContainerImages standIn = name -> new ContainerImages.Image(name,
                ImageDefaults.NONE.withEnvironment(List.of(PATH)),
                List.of(data.resolve("layers").resolve("LAYER-OF-" + name.replaceAll("[^A-Za-z0-9.-]", "-"))
                        .resolve("fs")));
        return new Explainer(standIn, network, plans, plans, cgroups, cgroups.machine(), true,
                data.resolve("containers"), run.resolve("containers"),
                CdiFolders.standard());
    }

    /**
     * The plan.
     *
     * @throws ContainerException if the options cannot be right
     */
    public LaunchPlan plan(ContainerOptions given) throws ContainerException, IOException {
        ContainerImages.Image image = images.open(given.image());
        ContainerOptions options = HugePages.OF_HOST.granted(given, machine).withMounts(
                VolumeMounts.withImage(given.mounts(), image.defaults().volumes()));
        NamespaceChoice namespaces = NamespaceChoice.of(options, userNamespaces, name -> name);
        ContainerFolders folders = new ContainerFolders(data.resolve(ID), run.resolve(ID));
        ContainerSpec spec = CdiDevices.added(SpecBuilder.build(new SpecBuilder.Request(ID, options,
                image, folders, accounts(image),
                namespaces.user() ? OptionalLong.of(USER_RANGE) : OptionalLong.empty(),
                cgroups.path(ID, options.cgroupParent()), namespaces.namespaces(), filters,
                machine)), options.devices(), devices);
        SpecCheck.check(spec, options);
        Optional<ContainerNetwork.Attachment> attachment = network.attaches(options.network())
                && !network.wiresCreated(options.network())
                ? Optional.of(network.example(ID, options.network())) : Optional.empty();
        return plans.start(new PlanMaker.Start(spec, image.lowerFolders(), folders, attachment,
                options.interactive(), options.init(), Optional.empty(),
                options.leased() ? Optional.of(LEASE) : Optional.empty()));
    }

    /** Whoever asks may not be allowed to look into the layers: then the image's users are unknown. */
    private static UserLookup accounts(ContainerImages.Image image) throws IOException {
        try {
            return UserLookup.in(new LayerFiles(image.lowerFolders()));
        } catch (AccessDeniedException unreadable) {
            return UserLookup.NOBODY_KNOWN;
        }
    }
}

package runtime.container;

import java.time.InstantSource;
import java.util.random.RandomGenerator;
import runtime.cgroup.LimitOptions;
import runtime.launch.Launcher;
import runtime.trace.Tracer;

/**
 * What the containers of one daemon stand on.
 *
 * @param files          their files
 * @param launcher       starts processes
 * @param plans          turns specs into launch plans
 * @param images         root file systems
 * @param network        what connects them
 * @param cgroups        what limits them
 * @param filters        system call filters
 * @param machine        what limits have to go by
 * @param follower       tells of new output
 * @param userNamespaces whether containers get user namespaces unless told otherwise
 * @param clock          time of day
 * @param random         for ids and names; unpredictable outside tests
 * @param delays         between restarts and between probes of health
 * @param journal        for the operator
 * @param volumes        files that outlive containers
 * @param events         are told of what happens
 * @param devices        CDI devices of the host
 * @param logging        what becomes of output
 * @param room           whether containers may be started again by themselves
 * @param tracer         begins the spans of what happens by itself
 * @param lease          of this node
 * @param plugins        of devices
 */
public record Surroundings(
        ContainerFiles files,
        Launcher launcher,
        PlanMaker plans,
        ContainerImages images,
        ContainerNetwork network,
        ContainerCgroups cgroups,
        SystemCallFilters filters,
        LimitOptions.Machine machine,
        LogFollower follower,
        boolean userNamespaces,
        InstantSource clock,
        RandomGenerator random,
        Delays delays,
        Journal journal,
        ContainerVolumes volumes,
        ContainerEvents events,
        DeviceSpecs devices,
        LogSettings logging,
        RoomToWrite room,
        Tracer tracer,
        NodeLease lease,
        DevicePlugins plugins) {

    /** With a lease that never begins, and without plug-ins: what needs these is not started. */
    public Surroundings(ContainerFiles files, Launcher launcher, PlanMaker plans, ContainerImages images,
            ContainerNetwork network, ContainerCgroups cgroups, SystemCallFilters filters,
            LimitOptions.Machine machine, LogFollower follower, boolean userNamespaces, InstantSource clock,
            RandomGenerator random, Delays delays, Journal journal, ContainerVolumes volumes,
            ContainerEvents events, DeviceSpecs devices, LogSettings logging, RoomToWrite room, Tracer tracer) {
        this(files, launcher, plans, images, network, cgroups, filters, machine, follower, userNamespaces, clock,
                random, delays, journal, volumes, events, devices, logging, room, tracer, new NodeLease(), DevicePlugins.NONE);
    }
}

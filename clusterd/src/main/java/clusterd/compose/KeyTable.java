package clusterd.compose;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every key there is: what the reader asks, and what the documentation shows. */
public final class KeyTable {
    /** A line each: path, standing ({@code +}, {@code ~} or {@code !}), and a note. */
    private static final String TEXT = """
            version + nothing depends on it
            name + of the project; the command's own wins
            include +
            include.path +
            include.env_file +
            include.project_directory +
            models ! there are no language models to run
            services +
            services.*.annotations +
            services.*.attach ~ the logs of all tasks are read by `service logs`
            services.*.blkio_config +
            services.*.blkio_config.device_read_bps +
            services.*.blkio_config.device_read_bps.path +
            services.*.blkio_config.device_read_bps.rate +
            services.*.blkio_config.device_read_iops +
            services.*.blkio_config.device_read_iops.path +
            services.*.blkio_config.device_read_iops.rate +
            services.*.blkio_config.device_write_bps +
            services.*.blkio_config.device_write_bps.path +
            services.*.blkio_config.device_write_bps.rate +
            services.*.blkio_config.device_write_iops +
            services.*.blkio_config.device_write_iops.path +
            services.*.blkio_config.device_write_iops.rate +
            services.*.blkio_config.weight +
            services.*.blkio_config.weight_device ! only one weight for all devices can be given: use weight
            services.*.build ~ images are built elsewhere and named by `image`
            services.*.cap_add +
            services.*.cap_drop +
            services.*.cgroup +
            services.*.cgroup_parent +
            services.*.command + a text is split into words as a shell does
            services.*.configs +
            services.*.configs.gid +
            services.*.configs.mode + octal with a leading 0
            services.*.configs.source +
            services.*.configs.target +
            services.*.configs.uid +
            services.*.container_name ~ tasks are named by service and place, since there may be several
            services.*.cpu_count ! is of Windows: use cpus
            services.*.cpu_percent ! is of Windows: use cpus
            services.*.cpu_period +
            services.*.cpu_quota +
            services.*.cpu_rt_period ! real-time shares of cgroup v1 are not offered
            services.*.cpu_rt_runtime ! real-time shares of cgroup v1 are not offered
            services.*.cpu_shares +
            services.*.cpus + must not differ from deploy.resources.limits.cpus
            services.*.cpuset +
            services.*.credential_spec ! is of Windows
            services.*.depends_on + order and condition of `up`; a stack starts everything at once
            services.*.depends_on.*.condition +
            services.*.depends_on.*.required +
            services.*.depends_on.*.restart +
            services.*.deploy +
            services.*.deploy.endpoint_mode +
            services.*.deploy.labels +
            services.*.deploy.mode + replicated, global, replicated-job or global-job
            services.*.deploy.placement +
            services.*.deploy.placement.constraints +
            services.*.deploy.placement.max_replicas_per_node +
            services.*.deploy.placement.preferences +
            services.*.deploy.placement.preferences.spread +
            services.*.deploy.replicas + of a job: how many shall come to a good end
            services.*.deploy.resources +
            services.*.deploy.resources.limits +
            services.*.deploy.resources.limits.cpus +
            services.*.deploy.resources.limits.memory +
            services.*.deploy.resources.limits.pids +
            services.*.deploy.resources.reservations +
            services.*.deploy.resources.reservations.cpus +
            services.*.deploy.resources.reservations.devices +
            services.*.deploy.resources.reservations.devices.capabilities + must have gpu
            services.*.deploy.resources.reservations.devices.count +
            services.*.deploy.resources.reservations.devices.device_ids +
            services.*.deploy.resources.reservations.devices.driver +
            services.*.deploy.resources.reservations.devices.options ! drivers take none
            services.*.deploy.resources.reservations.generic_resources +
            services.*.deploy.resources.reservations.generic_resources.discrete_resource_spec +
            services.*.deploy.resources.reservations.generic_resources.discrete_resource_spec.kind +
            services.*.deploy.resources.reservations.generic_resources.discrete_resource_spec.value +
            services.*.deploy.resources.reservations.memory +
            services.*.deploy.resources.reservations.pids +
            services.*.deploy.restart_policy +
            services.*.deploy.restart_policy.condition +
            services.*.deploy.restart_policy.delay +
            services.*.deploy.restart_policy.max_attempts +
            services.*.deploy.restart_policy.window +
            services.*.deploy.rollback_config +
            services.*.deploy.rollback_config.delay +
            services.*.deploy.rollback_config.failure_action +
            services.*.deploy.rollback_config.max_failure_ratio +
            services.*.deploy.rollback_config.monitor +
            services.*.deploy.rollback_config.order +
            services.*.deploy.rollback_config.parallelism +
            services.*.deploy.update_config +
            services.*.deploy.update_config.delay +
            services.*.deploy.update_config.failure_action +
            services.*.deploy.update_config.max_failure_ratio + in whole percents
            services.*.deploy.update_config.monitor +
            services.*.deploy.update_config.order +
            services.*.deploy.update_config.parallelism +
            services.*.develop ~ is for developing only
            services.*.device_cgroup_rules +
            services.*.devices + also CDI names: vendor.com/class=name
            services.*.devices.permissions +
            services.*.devices.source +
            services.*.devices.target +
            services.*.dns +
            services.*.dns_opt +
            services.*.dns_search +
            services.*.domainname +
            services.*.entrypoint + a text is split into words as a shell does
            services.*.env_file +
            services.*.env_file.format + raw, or left out
            services.*.env_file.path +
            services.*.env_file.required +
            services.*.environment + a name without a value has that of the command's environment; with placeholders
            services.*.expose +
            services.*.extends +
            services.*.extends.file +
            services.*.extends.service +
            services.*.external_links ~ services of a network find each other by name
            services.*.extra_hosts +
            services.*.gpus +
            services.*.gpus.capabilities +
            services.*.gpus.count +
            services.*.gpus.device_ids +
            services.*.gpus.driver +
            services.*.gpus.options ! drivers take none
            services.*.group_add +
            services.*.healthcheck +
            services.*.healthcheck.disable +
            services.*.healthcheck.interval +
            services.*.healthcheck.retries +
            services.*.healthcheck.start_interval +
            services.*.healthcheck.start_period +
            services.*.healthcheck.test +
            services.*.healthcheck.timeout +
            services.*.hostname + with placeholders such as {{.Task.Slot}}
            services.*.image +
            services.*.init +
            services.*.ipc + not service:NAME
            services.*.isolation ! is of Windows
            services.*.label_file +
            services.*.labels +
            services.*.links ~ services of a network find each other by name
            services.*.logging +
            services.*.logging.driver +
            services.*.logging.options +
            services.*.mac_address ~ each task has one of its own
            services.*.mem_limit + must not differ from deploy.resources.limits.memory
            services.*.mem_reservation + must not differ from deploy.resources.reservations.memory
            services.*.mem_swappiness +
            services.*.memswap_limit +
            services.*.models ! there are no language models to run
            services.*.network_mode + not service:NAME
            services.*.networks +
            services.*.networks.*.aliases +
            services.*.networks.*.driver_opts ! networks take no options of a task
            services.*.networks.*.gw_priority ~ the first network has the way out
            services.*.networks.*.interface_name +
            services.*.networks.*.ipv4_address +
            services.*.networks.*.ipv6_address +
            services.*.networks.*.link_local_ips ! addresses are of the network's subnet
            services.*.networks.*.mac_address ~ each task has one of its own
            services.*.networks.*.priority + the highest one is joined first
            services.*.oom_kill_disable +
            services.*.oom_score_adj +
            services.*.pid + not service:NAME
            services.*.pids_limit + must not differ from deploy.resources.limits.pids
            services.*.platform +
            services.*.ports + ranges, addresses of the host and protocols as well
            services.*.ports.app_protocol ~ is a hint to proxies
            services.*.ports.host_ip +
            services.*.ports.mode + ingress, unless it says host
            services.*.ports.name ~ is a remark
            services.*.ports.protocol + tcp, udp or sctp
            services.*.ports.published +
            services.*.ports.target +
            services.*.post_start ! there are no hooks: let the program itself do it, or a job
            services.*.pre_stop ! there are no hooks: let the program do it on its stop signal
            services.*.privileged +
            services.*.profiles +
            services.*.provider ! nothing but containers is run
            services.*.pull_policy + always, missing (if_not_present) or never
            services.*.pull_refresh_after ! images are pulled always, if missing, or never
            services.*.read_only +
            services.*.restart + deploy.restart_policy wins
            services.*.runtime ! jctl itself is the runtime; for GPUs use gpus
            services.*.scale + must not differ from deploy.replicas
            services.*.secrets +
            services.*.secrets.gid +
            services.*.secrets.mode + octal with a leading 0
            services.*.secrets.source +
            services.*.secrets.target +
            services.*.secrets.uid +
            services.*.security_opt + no-new-privileges, seccomp=unconfined, apparmor=, label=, systempaths=unconfined
            services.*.shm_size +
            services.*.stdin_open + not with tty: nobody is at a task's terminal
            services.*.stop_grace_period + in whole seconds
            services.*.stop_signal +
            services.*.storage_opt ! a container's own files are not limited in size
            services.*.sysctls +
            services.*.tmpfs +
            services.*.tty +
            services.*.ulimits +
            services.*.ulimits.*.hard +
            services.*.ulimits.*.soft +
            services.*.use_api_socket ! mount the socket as a volume, if it must be
            services.*.user +
            services.*.userns_mode +
            services.*.uts +
            services.*.volumes +
            services.*.volumes.bind +
            services.*.volumes.bind.create_host_path + true, unless it says false
            services.*.volumes.bind.propagation +
            services.*.volumes.bind.recursive + enabled or disabled
            services.*.volumes.bind.selinux ~ files are not labelled anew
            services.*.volumes.consistency ~ is of Docker Desktop
            services.*.volumes.image ! images cannot be mounted
            services.*.volumes.read_only +
            services.*.volumes.source +
            services.*.volumes.target +
            services.*.volumes.tmpfs +
            services.*.volumes.tmpfs.mode + octal with a leading 0
            services.*.volumes.tmpfs.size +
            services.*.volumes.type + bind, volume or tmpfs
            services.*.volumes.volume +
            services.*.volumes.volume.labels ~ labels are given at the top, with the volume
            services.*.volumes.volume.nocopy +
            services.*.volumes.volume.subpath ! a volume is mounted as a whole
            services.*.volumes_from ! tasks may be on other nodes: name the volumes
            services.*.working_dir +
            services.*.x-jctl +
            services.*.x-jctl.affinity + which services' tasks to be beside, or apart from
            services.*.x-jctl.affinity.apart +
            services.*.x-jctl.affinity.level + node.id, unless it says another attribute
            services.*.x-jctl.affinity.must +
            services.*.x-jctl.affinity.service +
            services.*.x-jctl.balance + which task a connection to its address goes to: random, in-turn or source
            services.*.x-jctl.binpack + the fullest node that fits, rather than the emptiest
            services.*.x-jctl.concurrent + with schedule: a run may begin while the last one is under way
            services.*.x-jctl.parallelism + of a job: how many at once
            services.*.x-jctl.prefer_local + a connection goes to a task of the node it begins at, if one is there
            services.*.x-jctl.priority + a higher one may take the place of lower ones
            services.*.x-jctl.project + whose quota it counts against
            services.*.x-jctl.resources + a list of devices that plug-ins offer, in the words of --resource: media=2,vlan=100; or a map of names and how many, which are counted only
            services.*.x-jctl.schedule + five fields as in crontab(5), in UTC: a job whenever its time comes
            services.*.x-jctl.spread + attributes over which tasks are spread, after those of deploy.placement
            services.*.x-jctl.srv + ports that are found by name in its networks: _sip._udp:5060
            services.*.x-jctl.unique + two tasks of one place never run at once
            networks +
            networks.*.attachable +
            networks.*.driver + bridge, overlay, host or null
            networks.*.driver_opts +
            networks.*.enable_ipv4 ! every network has IPv4
            networks.*.enable_ipv6 +
            networks.*.external +
            networks.*.external.name + the older way to say name
            networks.*.internal +
            networks.*.ipam +
            networks.*.ipam.config +
            networks.*.ipam.config.aux_addresses ! leave them out of ip_range
            networks.*.ipam.config.gateway +
            networks.*.ipam.config.ip_range +
            networks.*.ipam.config.subnet +
            networks.*.ipam.driver + default alone
            networks.*.ipam.options ! the one driver takes none
            networks.*.labels +
            networks.*.name +
            networks.*.x-jctl +
            networks.*.x-jctl.default_deny + nobody in it may talk to anybody unless a rule allows it
            networks.*.x-jctl.rules + who may talk to whom, the first that fits decides: allow web to db:5432
            volumes +
            volumes.*.driver + local alone
            volumes.*.driver_opts ! a volume is a folder of its node; mount what else it shall be on the node
            volumes.*.external +
            volumes.*.external.name + the older way to say name
            volumes.*.labels +
            volumes.*.name + with placeholders
            secrets +
            secrets.*.driver ! the cluster itself keeps secrets
            secrets.*.driver_opts ! the cluster itself keeps secrets
            secrets.*.environment +
            secrets.*.external +
            secrets.*.external.name + the older way to say name
            secrets.*.file +
            secrets.*.labels +
            secrets.*.name +
            secrets.*.template_driver ! templates are not filled in
            configs +
            configs.*.content +
            configs.*.environment +
            configs.*.external +
            configs.*.external.name + the older way to say name
            configs.*.file +
            configs.*.labels +
            configs.*.name +
            configs.*.template_driver ! templates are not filled in
            """;
    private static final List<Key> ALL = parse();
    private static final Map<String, Map<String, Key>> BY_PARENT = byParent();

    private KeyTable() {
    }

    /** All of them, as the specification orders its chapters. */
    public static List<Key> all() {
        return ALL;
    }

    /** The keys of the map at a path, by their last word. */
    static Map<String, Key> below(String path) {
        return BY_PARENT.getOrDefault(path, Map.of());
    }

    private static List<Key> parse() {
        List<Key> keys = new ArrayList<>();
        TEXT.lines().forEach(line -> {
            String[] parts = line.split(" ", 3);
            keys.add(new Key(parts[0], switch (parts[1]) {
                case "+" -> Standing.SUPPORTED;
                case "~" -> Standing.WARNED;
                case "!" -> Standing.REFUSED;
                default -> throw new IllegalStateException("no standing in " + line);
            }, parts.length == 3 ? parts[2] : ""));
        });
        return List.copyOf(keys);
    }

    private static Map<String, Map<String, Key>> byParent() {
        Map<String, Map<String, Key>> byParent = new HashMap<>();
        for (Key key : ALL) {
            int dot = key.path().lastIndexOf('.');
            byParent.computeIfAbsent(dot < 0 ? "" : key.path().substring(0, dot), parent -> new LinkedHashMap<>())
                    .put(key.path().substring(dot + 1), key);
        }
        return byParent;
    }
}

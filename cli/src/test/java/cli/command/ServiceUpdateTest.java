package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.cluster.Mode;
import api.cluster.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What service update makes of a spec: a service made in the other words is the same. */
class ServiceUpdateTest {
    private static final String[] BEFORE = {"--name", "web", "-l", "tier=front", "-l", "old=1",
        "--container-label", "a=1", "-e", "A=1", "-e", "B=2", "--constraint", "node.labels.zone==b",
        "--constraint", "node.role==worker", "--placement-pref", "spread=node.labels.zone", "--replicas", "3",
        "--publish", "published=80,target=8080,mode=host", "--publish", "published=443,target=8443,mode=host",
        "--secret", "key", "--secret", "cert", "--config", "site", "--mount",
        "type=tmpfs,target=/scratch", "--mount", "type=bind,source=/srv,target=/srv",
        "--update-delay", "5s", "--restart-max-attempts", "2", "-m", "64m", "--read-only",
        "--reserve", "gpu=1", "--host", "db:10.0.0.1", "--affinity", "db", "--anti-affinity", "web",
        "--health-cmd", "true", "--user", "1", "--dns", "1.1.1.1", "--ulimit", "nofile=9", "--sysctl",
        "net.core.somaxconn=9", "--dns-search", "example", "--dns-option", "ndots:2", "--group", "wheel",
        "--srv", "_sip._udp:5060", "--srv", "_sip._tcp:5060", "nginx:1", "serve", "fast"};

    private final TestConsole console = new TestConsole().with("HOME", "/nonexistent");

    private ServiceSpec made(String... words) throws Exception {
        return ServiceSpec.parseFrom(ServiceRequest.whole(
                ArgumentParser.parse(new ServiceCreateCommand().syntax(), words, 0), console.console()));
    }

    private ServiceSpec updated(ServiceSpec before, String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of(options));
        words.add("web");
        Arguments arguments = ArgumentParser.parse(new ServiceUpdateCommand().syntax(),
                words.toArray(new String[0]), 0);
        ServiceSpec.Builder changed = ServiceUpdateCommand.changed(before, arguments, console.console());
        return changed.setMode(ModeFlags.changed(before.getMode(), arguments)).build();
    }

    /** The words of before with some of them in the place of others: pairs of old and new. */
    private static String[] instead(String... pairs) {
        String line = String.join("\n", BEFORE) + "\n";
        for (int i = 0; i < pairs.length; i += 2) {
            String gone = pairs[i].replace(' ', '\n') + "\n";
            assertTrue(line.contains(gone), gone);
            line = line.replace(gone, pairs[i + 1].isEmpty() ? "" : pairs[i + 1].replace(' ', '\n') + "\n");
        }
        return line.strip().split("\n");
    }

    private void becomes(String[] wanted, String... options) throws Exception {
        assertEquals(made(wanted), updated(made(BEFORE), options), String.join(" ", options));
    }

    @Test
    void nothingSaidChangesNothing() throws Exception {
        becomes(BEFORE);
    }

    @Test
    void whatIsSaidTakesThePlaceOfWhatWasSaid() throws Exception {
        becomes(instead("nginx:1", "nginx:2"), "--image", "nginx:2");
        becomes(instead("serve fast", "serve well"), "--args", "'serve' w\\ell");
        becomes(instead("serve fast", ""), "--args", "");
        becomes(instead("-e A=1 -e B=2", "-e C=3"), "-e", "C=3");
        becomes(instead("-m 64m", "-m 1g"), "--limit-memory", "1g");
        becomes(instead("--read-only", ""), "--read-only=false");
        becomes(instead("--user 1", ""), "--user", "");
        becomes(instead("--update-delay 5s", ""), "--update-delay", "0");
        becomes(instead("--restart-max-attempts 2", ""), "--restart-max-attempts", "0");
        becomes(instead("--replicas 3", "--replicas 0"), "--replicas", "0");
        becomes(instead("--affinity db", "--affinity cache", "--anti-affinity web", "",
                "--health-cmd true", "--anti-affinity web --health-cmd true"), "--anti-affinity", "web",
                "--affinity", "cache");
        becomes(instead("--health-cmd true", "--no-healthcheck"), "--no-healthcheck");
        becomes(instead("--placement-pref spread=node.labels.zone", "--placement-pref binpack"),
                "--placement-pref", "binpack");
    }

    @Test
    void additionsAndRemovals() throws Exception {
        becomes(instead("-e A=1", "", "-e B=2", "-e B=2 -e A=9 -e C=3"), "--env-add", "A=9", "--env-add", "C=3");
        becomes(instead("-e A=1", ""), "--env-rm", "A");
        becomes(instead("-l tier=front", "-l tier=back", "-l old=1", ""), "--label-add", "tier=back",
                "--label-rm", "old");
        becomes(instead("--container-label a=1", "--container-label b=2"), "--container-label-rm", "a",
                "--container-label-add", "b=2");
        becomes(instead("--constraint node.labels.zone==b", "",
                "--constraint node.role==worker", "--constraint node.role==worker --constraint node.site==x"),
                "--constraint-rm", "node.labels.zone==B", "--constraint-add", "node.site==x");
        becomes(instead("--publish published=80,target=8080,mode=host", "",
                "--publish published=443,target=8443,mode=host",
                "--publish published=443,target=8443,mode=host -p published=81,target=8080,mode=host"),
                "--publish-add", "published=81,target=8080,mode=host");
        becomes(instead("--srv _sip._udp:5060", "", "--srv _sip._tcp:5060", "--srv _sip._tcp:5060 --srv _SIP._udp:5061"
                + " --srv _sip._sctp:5060"), "--srv-add", "_SIP._udp:5061", "--srv-add", "_sip._sctp:5060");
        becomes(instead("--srv _sip._udp:5060", ""), "--srv-rm", "_SIP._udp");
        becomes(instead("--srv _sip._udp:5060", "", "--srv _sip._tcp:5060", "--srv _sip._tls:5061"),
                "--srv", "_sip._tls:5061");
        becomes(instead("--publish published=80,target=8080,mode=host", ""), "--publish-rm", "8080");
        becomes(instead("--secret key", "", "--secret cert", "--secret cert --secret source=key2,target=key"),
                "--secret-add", "source=key2,target=key");
        becomes(instead("--secret key", ""), "--secret-rm", "key");
        becomes(instead("--config site", ""), "--config-rm", "site");
        becomes(instead("--mount type=tmpfs,target=/scratch", ""), "--mount-rm", "/scratch");
        becomes(instead("--reserve gpu=1", "--reserve ssd=2"), "--generic-resource-rm", "gpu",
                "--generic-resource-add", "ssd=2");
        becomes(instead("--host db:10.0.0.1", ""), "--host-rm", "db");
        becomes(instead("--placement-pref spread=node.labels.zone", "--placement-pref spread=node.site"),
                "--placement-pref-rm", "spread=node.labels.zone", "--placement-pref-add", "spread=node.site");
        becomes(instead("--dns 1.1.1.1", "--dns 9.9.9.9", "--ulimit nofile=9", "--ulimit core=0",
                "--sysctl net.core.somaxconn=9", "", "--dns-search example", "", "--dns-option ndots:2", "",
                "--group wheel", "--group staff"),
                "--dns-rm", "1.1.1.1", "--dns-add", "9.9.9.9", "--ulimit-rm", "nofile", "--ulimit-add", "core=0",
                "--sysctl-rm", "net.core.somaxconn", "--dns-search-rm", "example", "--dns-option-rm", "ndots:2",
                "--group-rm", "wheel", "--group-add", "staff");
    }

    /** As the manager keeps it: what is asked for is reserved. */
    private ServiceSpec relay(long reserved, String... words) throws Exception {
        ServiceSpec made = made(words);
        return made.toBuilder().setTask(made.getTask().toBuilder().setReservation(
                made.getTask().getReservation().toBuilder().putNamed("sriov/media", reserved))).build();
    }

    @Test
    void devicesOfPluginsAreChangedAndTheManagerReservesThemAnew() throws Exception {
        ServiceSpec before = relay(2, "--name", "web", "--resource", "media=2,vlan=100", "--reserve", "ssd=1", "relay");
        String[] words = {"--name", "web", "--resource", "media,vlan=7", "--reserve", "ssd=1", "relay"};
        assertEquals(made(words), updated(before, "--resource", "media,vlan=7"), "what was reserved goes with it");
        assertEquals(made(words), updated(before, "--resource-rm", "media", "--resource-add", "media,vlan=7"));
        assertEquals(made("--name", "web", "--reserve", "ssd=1", "relay"), updated(before, "--resource-rm", "sriov/media"));
        assertEquals(made("--name", "web", "--resource", "media=2,vlan=100", "--resource", "media,vlan=7", "--reserve", "ssd=1",
                "relay"), updated(before, "--resource-add", "media,vlan=7"));
        assertEquals(relay(2, "--name", "web", "--resource", "media=2,vlan=100", "--resource", "x.y/z", "--reserve", "ssd=1",
                "relay"), updated(before, "--resource-add", "x.y/z"), "of another name nothing is reserved anew");
        assertEquals(before, updated(before), "what is not spoken of stays");
        assertEquals(before, updated(before, "--resource-rm", "other"));
        assertThrows(UsageException.class, () -> updated(before, "--resource-add", "media,vlan=x"));
    }

    @Test
    void forceMakesEveryTaskAgain() throws Exception {
        assertEquals(1, updated(made(BEFORE), "--force").getTask().getForce());
        assertEquals(2, updated(updated(made(BEFORE), "--force"), "--force").getTask().getForce());
    }

    @Test
    void whatIsSaidOfSitesIsChangedOneByOne() throws Exception {
        ServiceSpec before = made("--name", "web", "--replicas-per-site", "6", "--site", "a", "--standby-site", "c",
                "nginx");
        assertEquals(4, updated(before, "--replicas-per-site", "4").getMode().getPerSite().getReplicas());
        assertEquals(List.of("b", "d"), updated(before, "--site", "b", "--site", "d").getMode().getPerSite()
                .getSitesList());
        assertEquals(before.getMode().getPerSite().getStandby().toBuilder().setReplicas(2).setFailbackAfterMillis(-1)
                .build(), updated(before, "--standby-replicas", "2", "--site-failback-after", "never").getMode()
                        .getPerSite().getStandby());
        ServiceSpec alone = updated(before, "--standby-site", "");
        assertFalse(alone.getMode().getPerSite().hasStandby());
        assertThrows(UsageException.class, () -> updated(alone, "--standby-replicas", "2"));
        assertThrows(UsageException.class, () -> updated(before, "--replicas", "2"));
        assertThrows(UsageException.class, () -> updated(made("--name", "web", "nginx"), "--site", "a"));
        assertThrows(UsageException.class, () -> made("--name", "web", "--site", "a", "nginx"));
        assertThrows(UsageException.class, () -> made("--name", "web", "--mode", "global", "--replicas-per-site", "1",
                "nginx"));
    }

    @Test
    void aJobsNumbersAreChangedOneByOne() throws Exception {
        ServiceSpec job = made("--name", "web", "--mode", "replicated-job", "--replicas", "9", "nginx");
        assertEquals(Mode.Job.newBuilder().setCompletions(9).setParallelism(2).build(),
                updated(job, "--max-concurrent", "2").getMode().getJob());
        assertThrows(UsageException.class, () -> updated(job, "--schedule", "@daily"));
        ServiceSpec cron = made("--name", "web", "--mode", "cron", "--schedule", "@daily", "nginx");
        assertEquals("@hourly", updated(cron, "--schedule", "@hourly").getMode().getCron().getSchedule());
    }

    @Test
    void wordsArePartedAsAShellDoes() throws Exception {
        assertEquals(List.of("a", "b c", "", "d\"e", "f\\g"),
                ServiceUpdateCommand.words(" a  'b c' \"\" d\\\"e 'f\\g' "));
        assertThrows(UsageException.class, () -> ServiceUpdateCommand.words("a 'b"));
    }

    @Test
    void everyOptionIsForgottenOrAlwaysWritten() throws Exception {
        // What ServiceParts.forget leaves as it is must be written even if it is nothing, or be added to.
        List<String> added = List.of("cap-add", "cap-drop", "group-add", "replicas", "max-concurrent",
                "schedule", "overlap", "unique", "image", "force", "rollback", "detach", "quiet");
        List<String> left = new ArrayList<>();
        for (Option option : new ServiceUpdateCommand().syntax().options()) {
            if (!option.isSwitch() || added.contains(option.name())) {
                continue;
            }
            ServiceSpec with = updated(made(BEFORE), "--" + option.name());
            ServiceSpec without = updated(with, "--" + option.name() + "=false");
            if (!updated(made(BEFORE), "--" + option.name() + "=false").equals(without)) {
                left.add(option.name());
            }
        }
        assertEquals(List.of(), left);
    }
}

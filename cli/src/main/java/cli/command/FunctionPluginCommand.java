package cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import sriov.plugin.FunctionPlugin;

/** The plug-in for virtual functions as a process of its own, beside an agent or a kubelet. */
final class FunctionPluginCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("sriov-plugin", "Divide network cards, and offer their virtual functions to an agent or a kubelet")
                .value("config", "path", "What is divided and offered (default /etc/jctl/sriov.yaml)")
                .value("kubelet-dir", "path", "Folder of kubelet.sock: an agent's, or /var/lib/kubelet/device-plugins (default /run/jctl/device-plugins)")
                .value("data-dir", "path", "Where it keeps who has what (default /var/lib/jctl/sriov)");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, IOException {
        if (Login.userId() != 0) {
            throw new IOException("virtual functions are the host's, whose root alone may divide and give them: start it as root");
        }
        CountDownLatch told = new CountDownLatch(1);
        Thread main = Thread.currentThread();
        try (FunctionPlugin plugin = FunctionPlugin.open(FunctionPlugin.Settings.host(
                Path.of(arguments.value("data-dir", "/var/lib/jctl/sriov")).toAbsolutePath(),
                Path.of(arguments.value("kubelet-dir", "/run/jctl/device-plugins")).toAbsolutePath(),
                FunctionStart.config(arguments.value("config", "/etc/jctl/sriov.yaml"), "config"),
                line -> System.err.println("jctl sriov-plugin: " + Printable.lines(line))))) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(main, told), "end"));
            plugin.start();
            told.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    /** A signal was received: the main thread closes what it opened. */
    private static void end(Thread main, CountDownLatch told) {
        told.countDown();
        try {
            main.join();
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }
}

package bench;
import java.nio.file.*; import java.util.*; import java.util.concurrent.*;
final class Profile {
    public static void main(String[] a) throws Exception {
        Path root = Path.of("").toAbsolutePath(); Path work = root.resolve("target/bench/workp");
        Shell.remove(work); Files.createDirectories(work);
        Jctl j = new Jctl(root, work);
        String host = "JCTL_HOST=unix://" + work + "/jctl/run/jctl.sock ";
        try {
            for (int i = 0; i < 4; i++) { Shell.sh(host + "./jctl image rm -f jctl-bench:1 2>/dev/null || true"); long t0 = System.nanoTime(); Shell.sh(host + "./jctl load -i " + a[0]); System.out.printf("load %.2f s %n", (System.nanoTime() - t0) / 1e9); }
            rss(j, "loaded");
            for (int r = 0; r < Integer.parseInt(a[1]); r++) {
                double[] t = new double[200];
                for (int i = 0; i < 200; i++) t[i] = j.runOnce(r % 2 == 0 ? "none" : "bridge").firstInstruction();
                Arrays.sort(t);
                System.out.printf("%.2f (%.2f - %.2f) ", t[100], t[20], t[180]); rss(j, "200 runs");
            }
            for (int r = 0; r < 2; r++) {
                int round = r;
                try (var pool = Executors.newFixedThreadPool(200)) {
                    for (int i = 0; i < 200; i++) { int n = i; pool.submit(() -> { j.start("p" + round + "-" + n, "sleep 100000"); return null; }); }
                }
                rss(j, "200 started");
                Shell.sh(host + "./jctl rm -f $(" + host + "./jctl ps -aq) >/dev/null");
                rss(j, "200 removed");
            }
            Thread.sleep(12000); rss(j, "idle 12 s");
            String jdk = Shell.sh("tools/jdk").strip();
            System.out.println(Shell.sh(jdk + "/bin/jcmd " + j.pid() + " GC.heap_info; " + jdk + "/bin/jcmd " + j.pid() + " VM.native_memory summary | grep -A4 -E \"^Total|^- \" | grep -v \"^$\" || true"));
            System.out.println(Shell.sh(jdk + "/bin/jcmd " + j.pid() + " GC.run; sleep 4; " + jdk + "/bin/jcmd " + j.pid() + " System.map > /root/sysmap; " + jdk + "/bin/jcmd " + j.pid() + " GC.heap_info; " + jdk + "/bin/jcmd " + j.pid() + " Compiler.codecache | head -20 || true"));
            rss(j, "gc");
            System.out.println(Shell.sh("awk '/^[0-9a-f]+-/{n=$6} /^Rss/{r[n]+=$2} END{for(k in r) if(r[k]>500) print r[k], k}' /proc/" + j.pid() + "/smaps | sort -rn | head -20 || true"));
        } finally { j.close(); }
    }
    static void rss(Jctl j, String w) throws Exception { System.out.println(w + " " + Shell.sh("grep -E 'VmRSS|RssAnon|RssFile' /proc/" + j.pid() + "/status | tr -s '\\n\\t' ' '")); }
}

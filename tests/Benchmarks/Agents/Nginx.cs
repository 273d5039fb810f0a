using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AmpEdge.Benchmarks.Agents;

/// <summary>An nginx of our own: one worker, on loopback, everything in one folder.</summary>
internal sealed class Nginx : IDisposable
{
    private static readonly TimeSpan s_start = TimeSpan.FromSeconds(20);

    private readonly Process _process;

    private Nginx(Process process) => _process = process;

    /// <param name="folder">For its files.</param>
    /// <param name="port">Waited for.</param>
    /// <param name="http">What stands within <c>http { }</c>.</param>
    /// <param name="time">The clock.</param>
    public static async Task<Nginx> StartAsync(string folder, int port, string http, TimeProvider time)
    {
        string config = Path.Combine(folder, "nginx.conf");
        string user = Environment.UserName == "root" ? "user root;" : "";
        await File.WriteAllTextAsync(
            config,
            $$"""
            daemon off; worker_processes 1; {{user}} pid {{folder}}/nginx.pid; error_log {{folder}}/error.log;
            events { worker_connections 4096; }
            http {
              keepalive_requests 100000000; keepalive_timeout 1h; client_max_body_size 0;
              client_body_temp_path {{folder}}/bodies; proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi; uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
            {{http}}
            }
            """);
        Process process = Process.Start(
            new ProcessStartInfo(Find(), ["-p", folder, "-c", config, "-e", $"{folder}/error.log"]) { UseShellExecute = false })!;
        Nginx nginx = new(process);
        await nginx.ListenAsync(port, folder, time);
        return nginx;
    }

    /// <summary>A port on loopback that nobody listens on.</summary>
    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static string Find() => File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";

    private async Task ListenAsync(int port, string folder, TimeProvider time)
    {
        long started = time.GetTimestamp();
        while (time.GetElapsedTime(started) < s_start && !_process.HasExited)
        {
            using TcpClient client = new();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                // Not listening yet.
                await Task.Delay(TimeSpan.FromMilliseconds(20), time);
            }
        }

        string log = Path.Combine(folder, "error.log");
        string said = File.Exists(log) ? await File.ReadAllTextAsync(log) : "";
        throw new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture, $"nginx did not listen on {port}: {said}"));
    }
}

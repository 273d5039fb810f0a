using System.Globalization;

namespace AmpEdge.Benchmarks.Agents;

/// <summary>The targets: pages on disk, of which each scrape over a connection gets the next version.</summary>
internal sealed class NginxTargets : IDisposable
{
    private readonly Nginx _nginx;
    private readonly string _accessLog;

    private NginxTargets(Nginx nginx, int port, string accessLog)
    {
        _nginx = nginx;
        _accessLog = accessLog;
        Port = port;
    }

    public int Port { get; }

    public static async Task<NginxTargets> StartAsync(string folder, BenchmarkSize size, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        for (int target = 0; target < size.Targets; target++)
        {
            string pages = Path.Combine(folder, "pages", target.ToString(CultureInfo.InvariantCulture));
            Directory.CreateDirectory(pages);
            for (int version = 0; version < SyntheticTarget.Versions; version++)
            {
                await File.WriteAllBytesAsync(
                    Path.Combine(pages, version.ToString(CultureInfo.InvariantCulture)),
                    SyntheticTarget.Page(target, size.SeriesPerTarget, version));
            }
        }

        int port = Nginx.FreePort();
        string accessLog = Path.Combine(folder, "access.log");
        Nginx nginx = await Nginx.StartAsync(
            folder,
            port,
            $$"""
              log_format brief $status;
              map $connection_requests $version { "~(?<digit>\d)$" $digit; }
              types { }
              default_type "text/plain; version=0.0.4";
              server {
                listen 127.0.0.1:{{port}} backlog=1024;
                access_log {{accessLog}} brief;
                location ~ ^/t/(?<target>\d+)/metrics$ { root {{folder}}/pages; try_files /$target/$version =404; }
              }
            """,
            time);
        return new NginxTargets(nginx, port, accessLog);
    }

    /// <summary>Pages that were served so far.</summary>
    public long Scrapes()
    {
        long scrapes = 0;
        foreach (string line in File.ReadLines(_accessLog))
        {
            scrapes += line == "200" ? 1 : 0;
        }

        return scrapes;
    }

    public void Dispose() => _nginx.Dispose();
}

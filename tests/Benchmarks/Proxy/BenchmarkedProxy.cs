using System.Globalization;

namespace AmpEdge.Benchmarks.Proxy;

/// <summary>One of the proxies that are compared.</summary>
/// <param name="Name">As it is printed.</param>
/// <param name="Program">The executable.</param>
/// <param name="Arguments">Makes the arguments from folder, own port and the sink's port, and what files they need.</param>
internal sealed record BenchmarkedProxy(string Name, string Program, Func<string, int, int, string[]> Arguments)
{
    /// <summary>The proxy of that name, or null when it is not installed. A path is another build of ours.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static BenchmarkedProxy? Find(string name) => name switch
    {
        "ampedge" => Installed(Environment.GetEnvironmentVariable("AMPEDGE_PROXY") ?? "artifacts/publish/proxy/ampedge-proxy") is { } program
            ? AmpEdge(name, program) : null,
        "nginx" => Installed("/usr/sbin/nginx") is { } program ? Nginx(program) : null,
        "aws-sigv4-proxy" => Installed(Environment.GetEnvironmentVariable("SIGV4_PROXY_BIN") ?? "") is { } program
            ? AwsSigV4Proxy(program) : null,
        _ when name.Contains('/', StringComparison.Ordinal) =>
            Installed(name) is { } program ? AmpEdge(name, program) : null,
        _ => throw new ArgumentException(
            $"proxy '{name}' is not known, allowed: ampedge, nginx, aws-sigv4-proxy (SIGV4_PROXY_BIN names it), or the path of a build of ours"),
    };

    /// <summary>Signing what comes with keys from the environment.</summary>
    private static string[] WithKeys(string program, params string[] arguments) =>
    [
        "AWS_ACCESS_KEY_ID=AKIDBENCHMARK0000001", "AWS_SECRET_ACCESS_KEY=benchmark-secret", "AWS_REGION=eu-central-1", program,
        .. arguments,
    ];

    private static BenchmarkedProxy AmpEdge(string name, string program) => new(name, "/usr/bin/env", (_, port, sink) => WithKeys(
        program, "--name=aps", "--region=eu-central-1", "--upstream-url-scheme=http", Local("--host=127.0.0.1", sink),
        string.Create(CultureInfo.InvariantCulture, $"--port={port}"), "--admin.listen-address=127.0.0.1:0"));

    private static BenchmarkedProxy AwsSigV4Proxy(string program) => new("aws-sigv4-proxy", "/usr/bin/env", (_, port, sink) => WithKeys(
        program, "--name=aps", "--region=eu-central-1", "--upstream-url-scheme=http", Local("--host=127.0.0.1", sink),
        Local("--port=", port)));

    /// <summary>Plain forwarding with connections kept and bodies in memory: what no signing proxy can go below.</summary>
    private static BenchmarkedProxy Nginx(string program) => new("nginx", program, static (folder, port, sink) =>
    {
        string user = Environment.UserName == "root" ? "user root;" : "";
        string config = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(config, string.Create(CultureInfo.InvariantCulture, $$"""
            daemon off; master_process off; {{user}} pid {{folder}}/nginx.pid; error_log {{folder}}/error.log;
            events { worker_connections 4096; }
            http {
              access_log off; keepalive_requests 100000000; keepalive_timeout 1h; client_max_body_size 0;
              client_body_buffer_size 2m; client_body_temp_path {{folder}}/bodies; proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi; uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
              upstream sink { server 127.0.0.1:{{sink}}; keepalive 64; keepalive_requests 100000000; }
              server {
                listen 127.0.0.1:{{port}};
                location / {
                  proxy_pass http://sink; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_max_temp_file_size 0;
                }
              }
            }
            """));
        return ["-p", folder, "-c", config, "-e", $"{folder}/error.log"];
    });

    private static string Local(string text, int port) => string.Create(CultureInfo.InvariantCulture, $"{text}:{port}");

    private static string? Installed(string path) => File.Exists(path) ? Path.GetFullPath(path) : null;
}

using AmpEdge.Hosting;
using AmpEdge.Proxy;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Credentials;
using AmpEdge.Proxy.Usage;
using AmpEdge.Wal;

InlineSockets.TurnOn();
if (args is ["whoami", .. string[] whoami])
{
    return await WhoamiCommand.RunAsync(whoami, TimeProvider.System);
}

if (args is [UsageCommand.Word, .. string[] command])
{
    return new UsageCommand(new DiskFileSystem(), Console.Out, Console.Error, TimeProvider.System).Run(command);
}

CommandLine commandLine = new(
    "ampedge-proxy",
    "Signs Prometheus traffic (and any other AWS API) with AWS Signature Version 4 and forwards it.",
    typeof(ProxyHost).Assembly);
ProxyFlags flags = new(commandLine);
LogFlags log = new(commandLine);
if (!commandLine.TryParse(args, Console.Out, Console.Error, out int exitCode))
{
    return exitCode;
}

if (!flags.TryRead(Console.Error, out ProxySettings? settings, out ProxyConfig? config))
{
    return ExitCode.Usage;
}

if (flags.CheckOnly)
{
    Console.Out.WriteLine(
        $"{settings.ConfigFile ?? "flags"}: valid, {config.Listeners.Count} listeners, {config.Routes.Count} routes");
    return ExitCode.Success;
}

using LineLoggerFactory loggers = log.CreateFactory(Console.OpenStandardError(), TimeProvider.System, flags.Verbose);
using ProcessHost host = new(loggers, TimeProvider.System, Console.Error);
try
{
    using ProxyHost proxy = new(settings, config, loggers, TimeProvider.System);
    proxy.AddTo(host);
    return await host.RunAsync();
}
catch (StartFailedException refused)
{
    Console.Error.WriteLine($"error: {refused.Message}");
    return ExitCode.Usage;
}

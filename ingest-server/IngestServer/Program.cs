using AmpEdge.Hosting;
using AmpEdge.IngestServer;
using AmpEdge.IngestServer.Config;
using AmpEdge.IngestServer.RuleTests;
using AmpEdge.IngestServer.Tools;
using AmpEdge.Wal;

if (ToolCommands.TryFind(args, out string[]? command))
{
    return ToolCommands.Run(command);
}

if (args is [TestRulesCommand.Word, .. string[] test])
{
    return TestRulesCommand.Run(test, Console.Out, Console.Error, TimeProvider.System);
}

ServerFlags flags = new();
if (!flags.TryRead(args, Console.Out, Console.Error, out ServerSettings? settings, out int exitCode)
    || settings is null)
{
    return exitCode;
}

ConfigResult<ServerConfig> config = ServerConfigLoader.Load(settings.ConfigFile);
if (!config.IsValid)
{
    foreach (ConfigProblem problem in config.Problems)
    {
        Console.Error.WriteLine($"error: {problem}");
    }

    return ExitCode.Usage;
}

if (flags.CheckOnly)
{
    Console.Out.WriteLine(
        $"{settings.ConfigFile}: valid, {config.Config.Workspaces.Count} workspaces, "
        + $"{config.Config.Principals.Count} principals");
    return ExitCode.Success;
}

TimeProvider time = TimeProvider.System;
using LineLoggerFactory loggers = flags.Log.CreateFactory(Console.OpenStandardError(), time);
using ServerHost server = new(settings, config.Config, new DiskFileSystem(), loggers, time);
using ProcessHost host = new(loggers, time, Console.Error) { OnReload = () => server.ReloadAsync(CancellationToken.None) };
foreach (IComponent component in server.Components())
{
    host.Add(component);
}

server.RequestStop = reason => host.RequestStop(reason);
return await host.RunAsync();

using AmpEdge.Agent;
using AmpEdge.Agent.Config;
using AmpEdge.Hosting;

AgentFlags flags = new();
if (!flags.TryRead(args, Console.Out, Console.Error, out int exitCode))
{
    return exitCode;
}

AgentSettings settings = flags.Settings;
ConfigResult<AgentConfig> config = AgentHost.Load(settings.ConfigFile);
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
        $"{settings.ConfigFile}: valid, {config.Config.ScrapeConfigs.Count} jobs, "
        + $"{config.Config.RemoteWrites.Count} destinations");
    return ExitCode.Success;
}

TimeProvider time = TimeProvider.System;
using LineLoggerFactory loggers = flags.Log.CreateFactory(Console.OpenStandardError(), time);
try
{
    using AgentHost agent = new(settings, config.Config, loggers, time);
    using ProcessHost host = new(loggers, time, Console.Error) { OnReload = () => agent.ReloadAsync(CancellationToken.None) };
    agent.AddTo(host);
    return await host.RunAsync();
}
catch (StartFailedException refused)
{
    Console.Error.WriteLine($"error: {refused.Message}");
    return ExitCode.Failure;
}

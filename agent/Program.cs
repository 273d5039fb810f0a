using AmpEdge.Agent;
using AmpEdge.Agent.Budget;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.Cost;
using AmpEdge.Hosting;

AgentFlags flags = new();
if (!flags.TryRead(args, Console.Out, Console.Error, out int exitCode))
{
    return exitCode;
}

AgentSettings settings = flags.Settings;
ConfigResult<CostConfig> cost = CostConfigReader.Read(flags.CostConfigFile);
if (!cost.IsValid)
{
    return ConfigCheck.Refuse(flags.CostConfigFile, cost.Problems, Console.Error);
}

TimeProvider time = TimeProvider.System;
using ConfigDownload? download = ConfigDownload.For(settings, time);
ConfigResult<AgentConfig> config;
try
{
    config = download is null
        ? AgentHost.Load(settings)
        : await download.StartAsync(() => AgentHost.Load(settings), mayFallBack: !flags.CheckOnly, Console.Error);
}
catch (StartFailedException refused)
{
    Console.Error.WriteLine($"error: {refused.Message}");
    return ExitCode.Failure;
}

if (flags.CheckOnly || !config.IsValid)
{
    return ConfigCheck.Report(settings.ConfigFile, config, Console.Out, Console.Error);
}

using LineLoggerFactory loggers = flags.Log.CreateFactory(Console.OpenStandardError(), time);
try
{
    if (flags.MemoryLimit.Bytes > 0)
    {
        Heap.Limit(flags.MemoryLimit);
    }

    if (flags.DryRun)
    {
        await using DryRun dryRun = new(settings, config.Config, cost.Config, flags.DryRunDiscoveryTimeout, time, loggers);
        return await dryRun.RunAsync(Console.Out, CancellationToken.None);
    }

    using AgentHost agent = new(settings, config.Config, cost.Config, loggers, time) { Download = download };
    using ProcessHost host = new(loggers, time, Console.Error) { OnReload = () => agent.ReloadAsync(CancellationToken.None) };
    agent.AddTo(host);
    return await host.RunAsync();
}
catch (StartFailedException refused)
{
    Console.Error.WriteLine($"error: {refused.Message}");
    return ExitCode.Failure;
}

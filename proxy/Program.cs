using AmpEdge.Hosting;
using AmpEdge.Proxy;
using AmpEdge.Proxy.Config;

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

List<string> problems = [];
ProxyOptions options = flags.ToOptions(problems);
foreach (string problem in problems)
{
    Console.Error.WriteLine($"error: {problem}");
}

if (problems.Count > 0)
{
    return ExitCode.Usage;
}

using LineLoggerFactory loggers = log.CreateFactory(Console.OpenStandardError(), TimeProvider.System, flags.Verbose);
using ProcessHost host = new(loggers, TimeProvider.System, Console.Error);
try
{
    using ProxyHost proxy = new(options, loggers, TimeProvider.System);
    proxy.AddTo(host);
    return await host.RunAsync();
}
catch (StartFailedException refused)
{
    Console.Error.WriteLine($"error: {refused.Message}");
    return ExitCode.Usage;
}

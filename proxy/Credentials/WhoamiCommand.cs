using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;

namespace AmpEdge.Proxy.Credentials;

/// <summary><c>ampedge-proxy whoami</c>: says with whose credentials a proxy of the same flags would sign, and tries it.</summary>
internal static class WhoamiCommand
{
    /// <summary>Runs to its end and returns the exit code: 0 when every route has credentials whose signature was accepted.</summary>
    /// <param name="args">Behind the command's name: the flags of the proxy, and its own.</param>
    /// <param name="time">The clock of signatures and waits.</param>
    public static async Task<int> RunAsync(string[] args, TimeProvider time)
    {
        CommandLine commandLine = new(
            "ampedge-proxy whoami",
            "Prints for each route which credentials the proxy finds, for what it signs, and how the upstream answers a signed query.",
            typeof(WhoamiCommand).Assembly);
        FlagGroup group = commandLine.Group("Asking");
        Flag<IReadOnlyList<string>> urls = group.Texts(
            "sign-test", "URL to ask with a signature in place of each route's own query; may be repeated.", "URL");
        Flag<bool> askSts = group.Switch("ask-sts", "Ask STS whose credentials they are (GetCallerIdentity).");
        ProxyFlags flags = new(commandLine);
        if (!commandLine.TryParse(args, Console.Out, Console.Error, out int exitCode))
        {
            return exitCode;
        }

        if (!flags.TryRead(Console.Error, out _, out ProxyConfig? config) || !TryRead(urls.Value, out List<Uri> tests))
        {
            return ExitCode.Usage;
        }

        Whoami whoami = new(Console.Out, tests, askSts.Value, time);
        bool good = true;
        foreach (RouteConfig route in config.Routes)
        {
            if (route.VirtualWorkspace is null)
            {
                good &= await whoami.TellAsync(route);
            }
        }

        return good ? ExitCode.Success : ExitCode.Failure;
    }

    private static bool TryRead(IReadOnlyList<string> texts, out List<Uri> urls)
    {
        urls = [];
        foreach (string text in texts)
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
            {
                Console.Error.WriteLine(
                    $"error: flag --sign-test: got '{text}', allowed: a URL such as "
                    + "https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-1/api/v1/query?query=up");
                return false;
            }

            urls.Add(url);
        }

        return true;
    }
}

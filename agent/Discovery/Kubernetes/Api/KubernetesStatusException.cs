using System.Globalization;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>The server refused a request, by an HTTP status or by an ERROR event in a watch.</summary>
/// <param name="code">The status, such as 403.</param>
/// <param name="what">What was asked for.</param>
/// <param name="message">The server's explanation.</param>
internal sealed class KubernetesStatusException(int code, string what, string message)
    : KubernetesException(string.Create(CultureInfo.InvariantCulture, $"{what}: status {code}: {message}{Hint(code)}"))
{
    private const int Gone = 410;

    public int Code => code;

    public override bool IsExpired => code == Gone;

    public override string Reason => code.ToString(CultureInfo.InvariantCulture);

    private static string Hint(int code) => code switch
    {
        401 => " (the token or certificate is not accepted; it is read again before the next try)",
        403 => " (grant the agent's account list and watch on this resource; right after a start of the server this passes)",
        404 => " (the server does not serve this resource)",
        _ => "",
    };
}

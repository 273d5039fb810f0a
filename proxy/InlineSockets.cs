namespace AmpEdge.Proxy;

/// <summary>
/// Has what follows on bytes of a socket run on the thread that waits for sockets, one for each processor, instead of being handed
/// to another one: a request comes in, goes out and is answered without a change of threads. docs/decisions/0003-inline-sockets.md
/// says what it saves, and what has to keep away from such threads in return.
/// </summary>
internal static class InlineSockets
{
    // .NET reads it when the first socket is made, and has no other way to be told.
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>To be called before the first socket is made; a variable that is set already counts.</summary>
    public static void TurnOn()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
        {
            Environment.SetEnvironmentVariable(Variable, "1");
        }
    }
}

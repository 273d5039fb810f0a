namespace AmpEdge.Proxy.FanOut;

/// <summary>What a member answered: the data of the call, and what the member warns of and remarks.</summary>
internal sealed record MemberData<T>(T Data, List<string> Warnings, List<string> Infos);

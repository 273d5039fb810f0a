using Amazon;
using Amazon.Runtime;
using Amazon.RuntimeDependencies;
using Amazon.SSO;
using Amazon.SSOOIDC;

namespace AmpEdge.SigV4;

/// <summary>
/// What the SDK has to be told once: the links of its chain, and the clients of single sign-on, which it otherwise loads by
/// name: a trimmed program would not have them. The client of STS it does find by name, because <see cref="AssumedRole"/> makes the very same; registering that one would cut profiles
/// with a role from their source of credentials.
/// </summary>
internal static class SdkDependencies
{
    // Whoever touches the class first registers.
    private static readonly bool s_registered = Register();

    /// <summary>To be called before the SDK looks for credentials; as often as one likes.</summary>
    public static bool Ensure() => s_registered;

    private static bool Register()
    {
        GlobalRuntimeDependencyRegistry registry = GlobalRuntimeDependencyRegistry.Instance;
        registry.RegisterSSOClient(CreateSso);
        registry.RegisterSSOOIDCClient(CreateSsoOidc);
        CredentialChain.Register();
        AWSConfigs.HttpClientFactory = new PoolThreadClients();
        return true;
    }

    private static AmazonSSOClient CreateSso(CreateInstanceContext context)
    {
        SSOClientContext wanted = context.SSOClientContextData;
        AmazonSSOConfig config = new() { RegionEndpoint = wanted.Region };
        if (wanted.ProxySettings is { } proxy)
        {
            config.SetWebProxy(proxy);
        }

        return new AmazonSSOClient(new AnonymousAWSCredentials(), config);
    }

    private static AmazonSSOOIDCClient CreateSsoOidc(CreateInstanceContext context)
    {
        SSOOIDCClientContext wanted = context.SSOOIDCClientContextData;
        AmazonSSOOIDCConfig config = new() { RegionEndpoint = wanted.Region };
        if (wanted.ProxySettings is { } proxy)
        {
            config.SetWebProxy(proxy);
        }

        return new AmazonSSOOIDCClient(new AnonymousAWSCredentials(), config);
    }
}

import type { NetworkPeer } from "../network/network-args";
import { namedPods } from "../network/edges";
import { ExposureMode, IngressController } from "./exposure-args";
import type { ExposureSettings, GatewayListener, GatewaySettings, IngressSettings } from "./exposure-args";

/** Who connects to the server for clients outside: what ends their TLS, or hands it on. */
export function exposureCallers({ mode, ingress, gateway }: ExposureSettings): NetworkPeer[] {
  if (mode === ExposureMode.Ingress && ingress) return ingress.callers ?? controllerPods(ingress);
  if (mode === ExposureMode.Gateway && gateway) return gateway.callers ?? gatewayPods(gateway);
  return [];
}

/** Where the controllers' own instructions for installing them put their pods. An ALB is no pod. */
function controllerPods({ controller = IngressController.Nginx }: IngressSettings): NetworkPeer[] {
  switch (controller) {
    case IngressController.Nginx:
      return [
        namedPods("ingress-nginx", {
          "app.kubernetes.io/name": "ingress-nginx",
          "app.kubernetes.io/component": "controller",
        }),
      ];
    case IngressController.Traefik:
      return [namedPods("traefik", { "app.kubernetes.io/name": "traefik" })];
    case IngressController.Alb:
      return [];
  }
}

/** As GEP-1762 labels what runs in the cluster for a Gateway. */
function gatewayPods({ listener, passthrough }: GatewaySettings): NetworkPeer[] {
  const pods = ({ gateway, namespace }: GatewayListener): NetworkPeer =>
    namedPods(namespace, { "gateway.networking.k8s.io/gateway-name": gateway });
  const same =
    passthrough?.listener.gateway === listener.gateway &&
    passthrough.listener.namespace === listener.namespace;
  return [pods(listener), ...(passthrough && !same ? [pods(passthrough.listener)] : [])];
}

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	networkinglisters "k8s.io/client-go/listers/networking/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

// objects are the API server's, as the watches have them.
type objects struct {
	podList       corelisters.PodLister
	namespaceList corelisters.NamespaceLister
	policyList    networkinglisters.NetworkPolicyLister
}

// watch returns when everything was listed once, and tells of every change after that.
func watch(ctx context.Context, kubeconfig string, changed func()) (*objects, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	pods, namespaces, policies := factory.Core().V1().Pods(), factory.Core().V1().Namespaces(), factory.Networking().V1().NetworkPolicies()
	handler := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { changed() },
		UpdateFunc: func(any, any) { changed() },
		DeleteFunc: func(any) { changed() },
	}
	for _, informer := range []cache.SharedIndexInformer{pods.Informer(), namespaces.Informer(), policies.Informer()} {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return nil, err
		}
	}
	factory.Start(ctx.Done())
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return nil, fmt.Errorf("%v could not be listed", kind)
		}
	}
	return &objects{podList: pods.Lister(), namespaceList: namespaces.Lister(), policyList: policies.Lister()}, nil
}

// pod is the object of a reported pod, or nil when it is not, or no longer, the one of that name.
func (o *objects) pod(reported sandbox) *corev1.Pod {
	object, err := o.podList.Pods(reported.Namespace).Get(reported.Name)
	if err != nil || (reported.UID != "" && string(object.UID) != reported.UID) {
		return nil
	}
	return object
}

// awaitPod waits for the watch: what selects a pod is known by its object only.
func (o *objects) awaitPod(ctx context.Context, reported sandbox) error {
	deadline := time.Now().Add(10 * time.Second)
	for o.pod(reported) == nil {
		if time.Now().After(deadline) {
			return fmt.Errorf("the API server has no pod %s/%s", reported.Namespace, reported.Name)
		}
		select {
		case <-ctx.Done():
			return errors.New("the plugin has left")
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

func (o *objects) namespaces() map[string]labels.Set {
	list, _ := o.namespaceList.List(labels.Everything())
	names := map[string]labels.Set{}
	for _, one := range list {
		names[one.Name] = one.Labels
	}
	return names
}

func (o *objects) policies() []*networkingv1.NetworkPolicy {
	list, _ := o.policyList.List(labels.Everything())
	// The same objects have to give the same text: that is how it is seen that nothing has to be done.
	slices.SortFunc(list, func(a, b *networkingv1.NetworkPolicy) int {
		return strings.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name)
	})
	return list
}
